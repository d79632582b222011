import { join } from 'node:path';
import { z } from 'zod';
import type { Mutant } from '../mutants/mutant.js';
import { profiles } from '../simulation/plan.js';

const SIMULATE_SEEDS = 150;
const OPINION_RUNS = 3_000;
/** For each target. */
const FUZZ_RUNS = 20_000;
const TWINS_EVERY = 211;
const MUTANT_SEEDS = 1_000;
const SOAK_MINUTES_MIN = 5;
/** Seeds of a campaign lie where nobody has looked before: chunk after chunk from here on. */
const FROM = 1_000_000;

/** What one child process does for a stage. */
export interface Chunk {
  /** A program of the test package, from its built root. */
  readonly program: string;
  readonly args: readonly string[];
  /** The same for a reader's shell. */
  readonly command: string;
}

/** What a chunk's output tells. */
export interface ChunkResult {
  readonly cases: number;
  /** Commands that replay what failed, or what was said of it. */
  readonly failures: readonly string[];
}

/** One column of a release: chunks without end, each another part of the space. */
export interface Stage {
  readonly name: string;
  /** What its cases are. */
  readonly unit: string;
  /** Its share of the time, beside the others. */
  readonly weight: number;
  chunk(index: number): Chunk;
  read(output: string): ChunkResult;
}

export interface StageOptions {
  readonly workers: number;
  /** How long the campaign is, in minutes: the soak takes its part of it. */
  readonly minutes: number;
  readonly mutants: readonly Mutant[];
  /** Where a chunk may write a file. */
  readonly out: string;
}

/** Every stage, in the order of the report. */
export function createStages(options: StageOptions): readonly Stage[] {
  const workers = ['--workers', String(options.workers)];
  return [
    {
      name: 'simulate',
      unit: 'seeds',
      weight: 6,
      chunk: (index) => {
        // Every other chunk has everything; those between go through the profiles.
        const one = index % 2 === 0 ? 'all' : (profiles[(index >> 1) % profiles.length] ?? 'all');
        const from = String(FROM + index * SIMULATE_SEEDS);
        const args = ['--from', from, '--seeds', String(SIMULATE_SEEDS), '--profile', one];
        return chunkOf('simulate', 'simulation/main.js', [...args, ...workers, '--json']);
      },
      read: readSimulation,
    },
    {
      name: 'opinion',
      unit: 'runs',
      weight: 2,
      chunk: (index) => {
        const from = String(FROM + index * OPINION_RUNS);
        const args = ['--from', from, '--runs', String(OPINION_RUNS)];
        return chunkOf('explore', 'exploration/main.js', args);
      },
      read: (output) => readExploration(output, /^(\d+) runs,/m),
    },
    {
      name: 'twins',
      unit: 'scenarios',
      weight: 1,
      chunk: (index) => {
        // Another stride each time, so that chunk after chunk meets other scenarios.
        const every = String(TWINS_EVERY + index);
        return chunkOf('explore', 'exploration/main.js', [
          '--twins',
          '--rounds',
          '3',
          '--every',
          every,
        ]);
      },
      read: (output) => readExploration(output, /^(\d+) of \d+ scenarios/m),
    },
    {
      name: 'fuzz',
      unit: 'cases',
      weight: 2,
      chunk: (index) => {
        const from = String(FROM + index * FUZZ_RUNS);
        const args = ['--runs', String(FUZZ_RUNS), '--from', from];
        // Every other chunk is led by what its inputs reach.
        const guided = ['--guided', '--corpus', join(options.out, 'corpus')];
        return chunkOf('fuzz', 'fuzz/main.js', index % 2 === 0 ? args : [...args, ...guided]);
      },
      read: (output) => {
        const counted = [...output.matchAll(/^.+: (\d+) cases, /gm)].map((match) =>
          Number(match[1]),
        );
        const cases = counted.reduce((sum, count) => sum + count, 0);
        return { cases, failures: failedLines(output) };
      },
    },
    {
      name: 'crash',
      unit: 'crash points',
      weight: 3,
      chunk: (index) => {
        const shapes = [['1'], ['4', '--all-nodes'], ['1', '--recovery'], ['4']] as const;
        const [nodes = '1', ...more] = shapes[index % shapes.length] ?? [];
        const from = String(1 + Math.floor(index / shapes.length));
        const args = ['--nodes', nodes, '--heights', '2', '--from', from, ...more, ...workers];
        return chunkOf('crashpoints', 'crash/main.js', args);
      },
      read: readCrash,
    },
    mutantStage(options, workers),
    {
      name: 'manifests',
      unit: 'manifests',
      weight: 3,
      chunk: (index) => manifestChunk(1 + index, 1),
      read: readManifests,
    },
    {
      name: 'soak',
      unit: 'soaks',
      weight: 3,
      chunk: (index) => {
        const minutes = Math.max(SOAK_MINUTES_MIN, Math.floor(options.minutes / 4));
        return manifestChunk(FROM + index, minutes, ['--nodes', '4']);
      },
      read: readManifests,
    },
  ];
}

function chunkOf(script: string, program: string, args: readonly string[]): Chunk {
  return { program, args, command: `pnpm ${script} ${args.join(' ')}` };
}

function manifestChunk(seed: number, minutes: number, more: readonly string[] = []): Chunk {
  const args = ['--generate', String(seed), '--minutes', String(minutes), ...more];
  return chunkOf('manifests', 'manifests/main.js', args);
}

/** One mutant a chunk: random seeds for those that a seed kills, the pinned case for the others. */
function mutantStage({ mutants, out }: StageOptions, workers: readonly string[]): Stage {
  return {
    name: 'mutants',
    unit: 'mutants',
    weight: 2,
    chunk: (index) => {
      const mutant = mutants[index % mutants.length];
      const id = mutant?.id ?? '';
      const round = String(1 + Math.floor(index / mutants.length));
      const search = ['--search', String(MUTANT_SEEDS), '--from', round];
      const args = ['--only', id, ...(mutant?.killer.kind === 'seed' ? search : [])];
      const file = ['--json', join(out, 'mutant.json'), '--no-canary'];
      return chunkOf('mutants', 'mutants/main.js', [...args, ...file, ...workers]);
    },
    read: (output) => {
      const left = /^left: (.+)$/m.exec(output)?.[1]?.split(' ') ?? [];
      const cases = Number(/^(\d+) mutants:/m.exec(output)?.[1] ?? 0);
      return { cases, failures: left.map((id) => `mutant ${id} lives`) };
    },
  };
}

const simulationSchema = z.object({ seeds: z.number(), replay: z.array(z.string()) });

function readSimulation(output: string): ChunkResult {
  const { seeds, replay } = simulationSchema.parse(JSON.parse(lastLine(output)));
  return { cases: seeds, failures: replay };
}

function readExploration(output: string, counted: RegExp): ChunkResult {
  const cases = Number(counted.exec(output)?.[1] ?? 0);
  return { cases, failures: failedLines(output) };
}

function readCrash(output: string): ChunkResult {
  const cases = Number(/^(\d+) runs over/m.exec(output)?.[1] ?? 0);
  return { cases, failures: failedLines(output) };
}

function readManifests(output: string): ChunkResult {
  const cases = Number(/^(\d+) manifests,/m.exec(output)?.[1] ?? 0);
  return { cases, failures: failedLines(output) };
}

function failedLines(output: string): string[] {
  return [...output.matchAll(/^FAILED (.+)$/gm)].map((match) => match[1] ?? '');
}

function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1) ?? '';
}

import { join } from 'node:path';
import { z } from 'zod';
import { loggedTypes, storedTypes } from '../crash/damages.js';
import type { Mutant } from '../mutants/mutant.js';
import { profiles } from '../simulation/plan.js';

const SIMULATE_SEEDS = 150;
const OPINION_RUNS = 3_000;
/** For each target. */
const FUZZ_RUNS = 20_000;
const TWINS_EVERY = 211;
const TWINS_DRAWN = 2_000;
const STATES_MAX = 8_000_000;
const REQUESTS = 5_000;
/** So many times the runs that a property test has with every change. */
const PROPERTY_TIMES = 3;
const SCALE_NODES = 64;
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
      read: (output) => readCounted(output, /^(\d+) runs,/m),
    },
    {
      name: 'twins',
      unit: 'scenarios',
      weight: 1,
      chunk: twinsChunk,
      read: (output) => readCounted(output, /^(\d+) of \d+ (?:scenarios|seats drawn)/m),
    },
    {
      name: 'explore',
      unit: 'states',
      weight: 1,
      chunk: (index) => {
        const liar = String(3 - (index % 4));
        const more = ['--order', String(index), '--states-max', String(STATES_MAX)];
        const args = ['--rounds', '2', '--liars', liar, ...more, '--no-compare'];
        return chunkOf('explore', 'exploration/main.js', args);
      },
      read: (output) => readCounted(output, /^(\d+) states of all/m),
    },
    {
      name: 'scale',
      unit: 'seeds',
      weight: 1,
      chunk: (index) => {
        const one = ['--from', String(FROM + index), '--seeds', '1', '--profile', 'mixed'];
        const args = [...one, '--nodes', String(SCALE_NODES), '--real', '--workers', '1'];
        return chunkOf('simulate', 'simulation/main.js', [...args, '--json']);
      },
      read: readSimulation,
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
      read: (output) => readCounted(output, /^(\d+) runs over/m),
    },
    {
      name: 'damage',
      unit: 'cases',
      weight: 1,
      chunk: (index) => {
        const types = [...storedTypes, ...loggedTypes];
        return chunkOf('damage', 'crash/damageMain.js', [
          '--types',
          types[index % types.length] ?? '',
        ]);
      },
      read: (output) => readCounted(output, /^(\d+) of \d+ cases/m),
    },
    mutantStage(options, workers),
    {
      name: 'properties',
      unit: 'runs',
      weight: 2,
      chunk: (index) => {
        const args = ['--times', String(PROPERTY_TIMES), '--from', String(FROM + index)];
        return chunkOf('properties', 'properties/main.js', [...args, ...workers]);
      },
      read: (output) => readCounted(output, /^(\d+) runs of/m),
    },
    {
      name: 'requests',
      unit: 'requests',
      weight: 1,
      chunk: (index) => {
        // Each operation has a seed of its own.
        const from = String(FROM + index * REQUESTS);
        const args = ['--requests', String(REQUESTS), '--from', from];
        return chunkOf('requests', 'e2e/requestsMain.js', args);
      },
      read: (output) => readCounted(output, /^(\d+) requests,/m),
    },
    {
      name: 'manifests',
      unit: 'manifests',
      weight: 3,
      chunk: (index) => manifestChunk(1 + index, 1),
      read: (output) => readCounted(output, /^(\d+) manifests,/m),
    },
    {
      name: 'soak',
      unit: 'soaks',
      weight: 3,
      chunk: (index) => {
        const minutes = Math.max(SOAK_MINUTES_MIN, Math.floor(options.minutes / 4));
        return manifestChunk(FROM + index, minutes, ['--nodes', '4']);
      },
      read: (output) => readCounted(output, /^(\d+) manifests,/m),
    },
  ];
}

/** Three rounds of four seats by strides, then two drawn ones of seven and of ten. */
function twinsChunk(index: number): Chunk {
  const nodes = [4, 7, 10][index % 3] ?? 4;
  // Another stride each time, so that chunk after chunk meets other scenarios.
  const all = ['--twins', '--rounds', '3', '--every', String(TWINS_EVERY + index)];
  const from = String(FROM + index * TWINS_DRAWN);
  const drawn = ['--scenarios', String(TWINS_DRAWN), '--rounds', '2', '--nodes', String(nodes)];
  const args = nodes === 4 ? all : [...drawn, '--from', from];
  return chunkOf('explore', 'exploration/main.js', args);
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

function readCounted(output: string, counted: RegExp): ChunkResult {
  const cases = Number(counted.exec(output)?.[1] ?? 0);
  return { cases, failures: failedLines(output) };
}

function failedLines(output: string): string[] {
  return [...output.matchAll(/^FAILED (.+)$/gm)].map((match) => match[1] ?? '');
}

function lastLine(output: string): string {
  return output.trimEnd().split('\n').at(-1) ?? '';
}

import { describe, expect, it } from 'vitest';
import { type ChunkEnd, campaignStateSchema, freshState, runCampaign } from './campaign.js';
import { reportText } from './reportText.js';
import { createStages, type Stage } from './stages.js';

const MINUTE_MS = 60_000;

function stageOf(name: string, weight: number, read: Stage['read'] = () => CASES): Stage {
  const chunk = (index: number) => ({ program: '', args: [], command: `${name} ${index}` });
  return { name, unit: 'cases', weight, chunk, read };
}

const CASES = { cases: 10, failures: [] };

/** A campaign on a clock of its own: every chunk takes a minute. */
async function play(
  stages: readonly Stage[],
  minutes: number,
  end: Partial<ChunkEnd> = {},
  state = freshState('now'),
) {
  let nowMs = 0;
  const ran: string[] = [];
  const saved: string[] = [];
  await runCampaign({
    stages,
    state,
    minutes,
    nowMs: () => nowMs,
    save: (one) => saved.push(JSON.stringify(one)),
    say: () => undefined,
    run: async ({ command }) => {
      ran.push(command);
      nowMs += MINUTE_MS;
      return { output: '', code: 0, cut: false, ...end };
    },
  });
  return { state, ran, saved };
}

describe('a campaign', () => {
  it('gives each stage its share of the time, and a first turn to all', async () => {
    const { ran, state } = await play([stageOf('a', 3), stageOf('b', 1)], 8);
    expect(ran.slice(0, 2)).toEqual(['a 0', 'b 0']);
    expect(ran.filter((command) => command.startsWith('a'))).toHaveLength(6);
    expect(state.stages.a).toMatchObject({ chunks: 6, cases: 60, failures: [] });
  });

  it('goes on where it was: other chunks, and all that had failed', async () => {
    const broken = stageOf('a', 1, () => ({ cases: 1, failures: ['replay me'] }));
    const first = await play([broken], 2);
    const kept = campaignStateSchema.parse(JSON.parse(first.saved.at(-1) ?? ''));
    const second = await play([stageOf('a', 1)], 1, {}, kept);
    expect(second.ran).toEqual(['a 2']);
    expect(second.state.stages.a?.failures).toEqual([
      { what: 'replay me', chunk: 'a 0' },
      { what: 'replay me', chunk: 'a 1' },
    ]);
    const text = reportText(second.state, [broken]);
    expect(text).toContain('a: replay me\n  in: a 0');
  });

  const ends: readonly (readonly [string, Partial<ChunkEnd>, Stage['read'], RegExp])[] = [
    ['a bad exit code without a word', { code: 3 }, () => CASES, /exit code 3/],
    ['nothing done', {}, () => ({ cases: 0, failures: [] }), /did nothing/],
    ['an output that cannot be read', {}, () => JSON.parse(''), /cannot be read/],
  ];

  it.each(ends)('fails: %s', async (_, end, read, expected) => {
    const { state } = await play([stageOf('a', 1, read)], 1, end);
    expect(state.stages.a?.failures[0]?.what).toMatch(expected);
  });

  it('a chunk that the end cut off is neither done nor failed, and is begun again', async () => {
    const { state } = await play([stageOf('a', 1)], 1, { cut: true, code: null });
    expect(state.stages.a).toMatchObject({ cut: 1, cases: 0, failures: [] });
    expect(reportText(state, [stageOf('a', 1)])).toContain('nothing failed');
    expect((await play([stageOf('a', 1)], 2, {}, state)).ran).toEqual(['a 0', 'a 1']);
  });
});

describe('what the stages read', () => {
  const stages = createStages({ workers: 2, minutes: 60, mutants: [], out: '.' });
  const outputs: Record<string, readonly [good: string, bad: string]> = {
    simulate: ['{"seeds":5,"replay":[]}', '{"seeds":5,"replay":["pnpm simulate --seed 3"]}'],
    opinion: ['5 runs, 40 steps\nnothing found', '5 runs, 40 steps\nFAILED seed 3: I1'],
    twins: ['5 of 50 scenarios, 2 proofs', '5 of 50 scenarios, 2 proofs\nFAILED twins 0: I1'],
    explore: ['5 states of all, 2 of one node', '5 states of all, 2\nFAILED I1: 001 and 002'],
    scale: ['{"seeds":5,"replay":[]}', '{"seeds":5,"replay":["pnpm simulate --seed 3"]}'],
    damage: ['5 of 5 cases, 0 failed', 'FAILED log, flip: served\n5 of 5 cases, 1 failed'],
    properties: ['5 runs of 2 properties, 0 failed', 'FAILED F1\n5 runs of 2 properties, 1 failed'],
    requests: ['5 requests, 2 broken: 200 5', 'FAILED GET /: status 500\n5 requests, 2 broken:'],
    fuzz: [
      'a body: 3 cases, 1 taken\nb: 2 cases, 1 taken',
      'a: 5 cases, 1 taken\nFAILED a: it threw',
    ],
    crash: ['5 runs over 40 steps, 0 failed', 'FAILED pnpm crashpoints x\n5 runs over 40 steps'],
    mutants: ['5 mutants: 5 killed', '5 mutants: 4 killed, 1 survived\nleft: consensus/07'],
    manifests: ['5 manifests, 0 failed', 'FAILED generated 3: a fault\n5 manifests, 1 failed'],
    soak: ['5 manifests, 0 failed', 'FAILED generated 3: a fault\n5 manifests, 1 failed'],
  };

  it.each(stages.map((stage) => [stage.name, stage] as const))('%s', (name, stage) => {
    const [good, bad] = outputs[name] ?? ['', ''];
    expect(stage.read(good)).toEqual({ cases: 5, failures: [] });
    expect(stage.read(bad)).toMatchObject({ cases: 5, failures: [expect.any(String)] });
    const chunks = Array.from({ length: 12 }, (_, index) => stage.chunk(index).command);
    // What there is of these is done in one turn; then it begins again.
    if (!['mutants', 'damage'].includes(name)) expect(new Set(chunks).size).toBe(chunks.length);
  });
});

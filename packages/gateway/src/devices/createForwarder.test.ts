import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CodedError } from '@triflow/protocol';
import type { CommandInput } from '@triflow/sdk';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Archive, openArchive } from '../store/archive.js';
import { openQuarantine, type Quarantine } from '../store/quarantine.js';
import { openSpool, type Spool } from '../store/spool.js';
import { createForwarder, type Forwarder } from './createForwarder.js';
import type { KnownDevice } from './deviceDirectory.js';
import type { Reading } from './readingRow.js';
import { encodeEntry } from './spoolEntry.js';

interface Sent {
  readonly device: string;
  readonly fromSeq: number;
  readonly toSeq: number;
  readonly readings?: readonly Reading[];
}

/** A chain in a few lines: sequence, and what it is told to refuse. */
interface FakeChain {
  readonly lastSeq: Map<string, number>;
  readonly taken: Sent[];
  refuse: (command: Sent) => string | undefined;
  trouble: (() => string | undefined) | undefined;
  /** Trouble after it was committed all the same. */
  late: boolean;
}

let folder: string;
let spool: Spool;
let archive: Archive;
let quarantine: Quarantine;
let chain: FakeChain;
let forwarder: Forwarder;
let clock = 0;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'triflow-forward-'));
  clock = 1_000_000;
  chain = {
    lastSeq: new Map(),
    taken: [],
    refuse: () => undefined,
    trouble: undefined,
    late: false,
  };
  await open();
});

afterEach(async () => {
  await forwarder.stop();
  await spool.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the forwarder', () => {
  it('sends each reading once, in the order of numbers, whatever came how often', async () => {
    await put('dv_a', [3, 1, 2]);
    await put('dv_a', [1, 2, 3, 4]);
    await put('dv_b', [1]);
    await until(() => numbers('dv_a').length === 4 && numbers('dv_b').length === 1);
    await put('dv_a', [2, 5]);
    await until(() => numbers('dv_a').length === 5);
    expect(numbers('dv_a')).toEqual([1, 2, 3, 4, 5]);
    expect(forwarder.counts.duplicates).toBe(4);
    expect(await aside()).toEqual([]);
  });

  it('waits out trouble and asks the chain before it sends again', async () => {
    let left = 2;
    chain.late = true;
    chain.trouble = () => (left-- > 0 ? 'OUTCOME_UNKNOWN' : undefined);
    await put('dv_a', [1, 2, 3]);
    await until(() => forwarder.counts.waiting === 0 && numbers('dv_a').length === 3);
    expect(numbers('dv_a')).toEqual([1, 2, 3]);
    expect(await aside()).toEqual([]);
  });

  it('goes on after a restart where it was', async () => {
    chain.trouble = () => 'TRANSPORT_FAILED';
    await put('dv_a', [1, 2]);
    await until(() => forwarder.counts.waiting === 2);
    await forwarder.stop();
    await spool.close();
    chain.trouble = undefined;
    await open();
    await put('dv_a', [3]);
    await until(() => numbers('dv_a').length === 3);
    expect(numbers('dv_a')).toEqual([1, 2, 3]);
    await until(() => forwarder.counts.waiting === 0);
  });

  it('halves a refused batch until the one wrong reading stands alone', async () => {
    chain.refuse = ({ readings = [] }) =>
      readings.some(({ seq }) => seq === 5) ? 'CLOCK_SKEW_TOO_LARGE' : undefined;
    await put('dv_a', [1, 2, 3, 4, 5, 6, 7, 8]);
    await put('dv_b', [1]);
    await until(() => numbers('dv_a').length === 7 && numbers('dv_b').length === 1);
    expect(numbers('dv_a')).toEqual([1, 2, 3, 4, 6, 7, 8]);
    expect(await aside()).toEqual(['refused dv_a 5 CLOCK_SKEW_TOO_LARGE']);
  });

  it('puts aside what came too late behind a gap, and another reading under a number', async () => {
    await put('dv_a', [1, 2, 4]);
    await until(() => numbers('dv_a').length === 3);
    await put('dv_a', [3]);
    await put('dv_a', [2], 99);
    await until(() => quarantine.count === 2);
    expect((await aside()).sort()).toEqual([
      'conflict dv_a 2 another reading has its number',
      'late dv_a 3 later numbers are on the chain',
    ]);
  });

  it('what the archive no longer holds is told from what came late by the chain', async () => {
    await put('dv_a', [1, 2, 4]);
    await until(() => numbers('dv_a').length === 3);
    await rm(join(folder, 'archive', 'dv_a'), { recursive: true });
    await put('dv_a', [1, 2]);
    await until(() => forwarder.counts.duplicates === 2);
    await put('dv_a', [3]);
    await until(() => quarantine.count === 1);
    expect(await aside()).toEqual(['late dv_a 3 later numbers are on the chain']);
  });

  it('a try that was not committed does not hide the batch that was', async () => {
    let tries = 0;
    chain.trouble = () => {
      tries += 1;
      return 'OUTCOME_UNKNOWN';
    };
    await put('dv_a', [1, 2]);
    await until(() => tries > 0);
    expect(await archive.find('dv_a', 2)).toMatchObject([{ toSeq: 2 }]);
    await put('dv_a', [3]);
    await until(() => forwarder.counts.waiting === 3);
    chain.trouble = undefined;
    await until(() => forwarder.counts.committed === 3);
    expect(await archive.find('dv_a', 2)).toMatchObject([{ toSeq: 3 }]);
  });

  it('anchored: the chain gets the root and the extremes, the archive the readings', async () => {
    await put('dv_anchored', [1, 2, 3], 7);
    await until(() => numbers('dv_anchored').length === 3);
    expect(chain.taken[0]).toMatchObject({
      fromSeq: 1,
      toSeq: 3,
      kinds: [{ kind: 'BATTERY', min: [7], max: [7], count: 3 }],
    });
    expect((await archive.find('dv_anchored', 2))[0]?.readings).toHaveLength(3);
    expect(await archive.find('dv_anchored', 4)).toEqual([]);
  });
});

async function open(): Promise<void> {
  spool = await openSpool({ folder: join(folder, 'spool'), bytesMax: 10_000_000 });
  archive = await openArchive(join(folder, 'archive'), 10_000_000);
  quarantine = openQuarantine(join(folder, 'aside.jsonl'), 10_000_000);
  const known = (id: string): KnownDevice => {
    const lastSeq = chain.lastSeq.get(id) ?? 0;
    return { id, party: 'dev:a', bound: true, kinds: [], maxClockSkewMs: 0, lastSeq, keys: [] };
  };
  forwarder = createForwarder({
    spool,
    archive,
    quarantine,
    directory: {
      refresh: async (id) => known(id),
      coverage: async (id, seq) => coverage(id, seq),
    },
    queue: { submit: (commands) => submit(commands) as never },
    logger: { debug: noop, info: noop, warn: noop, error: noop },
    now: () => clock,
    sleep: async (ms, signal) => {
      if (signal.aborted) return;
      clock += ms;
      await new Promise((resolve) => setImmediate(resolve));
    },
    rules: {
      maxDelayMs: 10,
      gapWaitMs: 50,
      anchor: new Set(['dv_anchored']),
      anchorReadings: 1_000,
      groupsMax: 2,
    },
  });
  forwarder.start();
}

async function submit(commands: readonly CommandInput[]): Promise<void> {
  const code = chain.trouble?.();
  if (code !== undefined && !chain.late) throw new CodedError(code, 'trouble');
  const sent = commands.map(({ params }) => params as unknown as Sent);
  const before = new Map(chain.lastSeq);
  for (const [failedCommand, one] of sent.entries()) {
    const last = chain.lastSeq.get(one.device) ?? 0;
    const refused = one.fromSeq <= last ? 'SEQUENCE_REPLAYED' : chain.refuse(one);
    if (refused !== undefined) {
      for (const device of sent.map((each) => each.device)) chain.lastSeq.delete(device);
      for (const [device, seq] of before) chain.lastSeq.set(device, seq);
      throw new CodedError(refused, 'refused', { details: { failedCommand } });
    }
    chain.lastSeq.set(one.device, one.toSeq);
  }
  chain.taken.push(...sent);
  if (code !== undefined) throw new CodedError(code, 'trouble');
}

function put(device: string, seqs: readonly number[], value = 1): Promise<void> {
  const readings = seqs.map((seq) => reading(seq, value));
  const done = spool.append(encodeEntry({ device, takenAt: clock, readings }));
  return done.then(() => forwarder.wake());
}

function reading(seq: number, value: number): Reading {
  return { seq, time: seq, kind: 'BATTERY', values: [value] };
}

/** The batch of a number, as the chain tells it; a number that no reading has is a gap. */
function coverage(device: string, seq: number) {
  const batch = chain.taken.find((one) => {
    return one.device === device && one.fromSeq <= seq && seq <= one.toSeq;
  });
  if (batch?.readings?.some((one) => one.seq === seq) === false) return undefined;
  return batch === undefined ? undefined : { fromSeq: batch.fromSeq, toSeq: batch.toSeq, gaps: [] };
}

/** Numbers that are on the chain, in the order in which they came there. */
function numbers(device: string): number[] {
  return chain.taken
    .filter((one) => one.device === device)
    .flatMap(({ readings, fromSeq, toSeq }) => {
      const all = Array.from({ length: toSeq - fromSeq + 1 }, (_, at) => fromSeq + at);
      return readings?.map(({ seq }) => seq) ?? all;
    });
}

async function aside(): Promise<string[]> {
  const text = await readFile(join(folder, 'aside.jsonl'), 'utf8').catch(() => '');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const { loss, device, seq, reason } = JSON.parse(line) as Record<string, unknown>;
      return `${loss} ${device} ${seq} ${reason}`;
    });
}

/** Lets the forwarder take its turns; the limit only catches hangs. */
async function until(holds: () => boolean): Promise<void> {
  const lastMs = performance.now() + 30_000;
  while (!holds() && performance.now() < lastMs) {
    forwarder.wake();
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(holds()).toBe(true);
}

function noop(): void {}

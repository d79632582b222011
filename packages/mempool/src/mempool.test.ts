import {
  type Hash,
  limits,
  type PartyId,
  type Result,
  type Transaction,
  ZERO_HASH,
} from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMempool, type Mempool, type MempoolBounds } from './mempool.js';
import type { MempoolEntry } from './partyQueue.js';

function idOf(number: number): Hash {
  return number.toString(16).padStart(64, '0') as Hash;
}

function partyOf(number: number): PartyId {
  return `dev:p${number}` as PartyId;
}

function entryOf(
  number: number,
  party: number,
  options: { readonly size?: number; readonly until?: number } = {},
): MempoolEntry {
  const bytes = new Uint8Array(options.size ?? 1);
  const validUntilHeight = options.until ?? 1_000;
  const transaction: Transaction = {
    chainId: 'test',
    genesisHash: ZERO_HASH,
    sender: partyOf(party),
    keyId: 'k1',
    nonce: new Uint8Array(16),
    validUntilHeight,
    commands: [],
    signature: new Uint8Array(64),
    bytes,
    signBytes: bytes,
  };
  return { txId: idOf(number), sender: partyOf(party), bytes, validUntilHeight, transaction };
}

function numbersOf(entries: readonly MempoolEntry[]): number[] {
  return entries.map((entry) => Number.parseInt(entry.txId, 16));
}

function verdictOf(result: Result<string>): string {
  return result.ok ? result.value : result.fault.code;
}

function addAll(pool: Mempool, entries: readonly MempoolEntry[]): string[] {
  return entries.map((entry) => verdictOf(pool.add(entry)));
}

const all = { bytesMax: 1_000_000, countMax: 1_000, height: 1 };
const open: MempoolBounds = { transactionsMax: 100, bytesMax: 10_000, partyShareBps: 10_000 };

describe('a mempool', () => {
  it('holds what was added, once', () => {
    const pool = createMempool(open);
    const entry = entryOf(1, 1, { size: 10 });
    expect(verdictOf(pool.add(entry))).toBe('added');
    expect(verdictOf(pool.add({ ...entry, bytes: new Uint8Array(20) }))).toBe('known');
    expect(pool.has(entry.txId)).toBe(true);
    expect(pool.get(entry.txId)).toBe(entry);
    expect(pool.has(idOf(2))).toBe(false);
    expect(pool.get(idOf(2))).toBeUndefined();
    expect([pool.size, pool.bytes, pool.evicted]).toEqual([1, 10, 0]);
  });

  it('goes round the parties, first come first served within each', () => {
    const pool = createMempool(open);
    addAll(
      pool,
      [1, 2, 3].map((number) => entryOf(number, 1)),
    );
    addAll(
      pool,
      [4, 5].map((number) => entryOf(number, 2)),
    );
    addAll(pool, [entryOf(6, 3)]);
    expect(numbersOf(pool.take(all))).toEqual([1, 4, 6, 2, 5, 3]);
    expect(numbersOf(pool.take({ ...all, countMax: 4 }))).toEqual([1, 4, 6, 2]);
    expect(numbersOf(pool.entries())).toEqual([1, 2, 3, 4, 5, 6]);
    expect(pool.take({ ...all, countMax: 0 })).toEqual([]);
  });

  it('serves in turn more parties than a block has places', () => {
    const pool = createMempool(open);
    for (let number = 0; number < 30; number += 1) pool.add(entryOf(number, number % 6));
    const served = new Map<PartyId, number>();
    for (let block = 0; block < 3; block += 1) {
      const taken = pool.take({ ...all, countMax: 2 });
      for (const entry of taken) served.set(entry.sender, (served.get(entry.sender) ?? 0) + 1);
      pool.remove(taken.map((entry) => entry.txId));
    }
    expect([...served.values()]).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('a party whose next transaction does not fit sits out and keeps its place', () => {
    const pool = createMempool(open);
    addAll(pool, [entryOf(1, 1, { size: 90 }), entryOf(2, 2, { size: 50 })]);
    addAll(pool, [entryOf(3, 2, { size: 5 }), entryOf(4, 3, { size: 10 })]);
    expect(numbersOf(pool.take({ ...all, bytesMax: 100 }))).toEqual([1, 4]);
    pool.remove([idOf(1), idOf(4)]);
    expect(numbersOf(pool.take({ ...all, bytesMax: 100 }))).toEqual([2, 3]);
  });

  it('passes over what expired below the height asked for', () => {
    const pool = createMempool(open);
    addAll(pool, [entryOf(1, 1, { until: 4 }), entryOf(2, 1, { until: 5 })]);
    addAll(pool, [entryOf(3, 2, { until: 4 })]);
    expect(numbersOf(pool.take({ ...all, height: 4 }))).toEqual([1, 3, 2]);
    expect(numbersOf(pool.take({ ...all, height: 5 }))).toEqual([2]);
    expect(numbersOf(pool.take({ ...all, height: 6 }))).toEqual([]);
    expect(pool.size).toBe(3);
  });

  it('drops and names what expired, and refuses it from then on', () => {
    const pool = createMempool(open);
    const until = [7, 5, 6, 5, 9];
    until.forEach((height, number) => {
      pool.add(entryOf(number, number, { until: height }));
    });
    expect(pool.expire(5)).toEqual([]);
    expect(pool.expire(7)).toEqual([idOf(1), idOf(3), idOf(2)]);
    expect(numbersOf(pool.entries())).toEqual([0, 4]);
    expect(verdictOf(pool.add(entryOf(10, 1, { until: 6 })))).toBe('transaction_expired');
    expect(verdictOf(pool.add(entryOf(10, 1, { until: 7 })))).toBe('added');
    expect(pool.expire(3)).toEqual([]);
    expect(verdictOf(pool.add(entryOf(11, 1, { until: 6 })))).toBe('transaction_expired');
    expect(pool.expire(8)).toEqual([idOf(0), idOf(10)]);
  });

  it('forgets the committed and ignores the unknown', () => {
    const pool = createMempool(open);
    addAll(pool, [entryOf(1, 1), entryOf(2, 1), entryOf(3, 2)]);
    pool.remove([idOf(1), idOf(77), idOf(3), idOf(1)]);
    expect(numbersOf(pool.take(all))).toEqual([2]);
    pool.remove([idOf(2)]);
    expect([pool.size, pool.bytes]).toEqual([0, 0]);
    expect(pool.take(all)).toEqual([]);
    expect(verdictOf(pool.add(entryOf(1, 1)))).toBe('added');
  });

  it('has the default bounds of the limits', () => {
    const pool = createMempool({ transactionsMax: 4 });
    const verdicts = addAll(
      pool,
      [1, 2, 3].map((number) => entryOf(number, 1)),
    );
    expect(limits.mempoolPerPartyShareBps).toBe(5_000);
    expect(verdicts).toEqual(['added', 'added', 'mempool_full']);
  });

  it('is not created with bounds that cannot work', () => {
    for (const bounds of [
      { transactionsMax: 0 },
      { transactionsMax: 1.5 },
      { bytesMax: -1 },
      { partyShareBps: 0 },
      { partyShareBps: 10_001 },
      { transactionsMax: 2 ** 40, bytesMax: 2 ** 40 },
    ]) {
      expect(() => createMempool(bounds)).toThrow();
    }
  });
});

describe('a full mempool', () => {
  const bounds: MempoolBounds = { transactionsMax: 10, bytesMax: 1_000, partyShareBps: 5_000 };

  it('takes the newest of the largest holder for a party under its share', () => {
    const pool = createMempool(bounds);
    for (let number = 0; number < 10; number += 1) pool.add(entryOf(number, number % 2));
    expect(verdictOf(pool.add(entryOf(20, 2)))).toBe('added');
    expect([pool.size, pool.evicted]).toEqual([10, 1]);
    expect(pool.has(idOf(8))).toBe(false);
    expect(verdictOf(pool.add(entryOf(21, 2)))).toBe('added');
    expect(pool.has(idOf(9))).toBe(false);
  });

  it('lets nobody over a fair share push others out', () => {
    const pool = createMempool(bounds);
    for (let number = 0; number < 10; number += 1) pool.add(entryOf(number, number % 2));
    for (let number = 20; number < 23; number += 1) pool.add(entryOf(number, 2));
    const before = numbersOf(pool.entries());
    for (let party = 0; party < 3; party += 1) {
      expect(verdictOf(pool.add(entryOf(30 + party, party)))).toBe('mempool_full');
    }
    expect(numbersOf(pool.entries())).toEqual(before);
    expect(pool.evicted).toBe(3);
  });

  it('never lets one party hold more than its share, full or not', () => {
    const pool = createMempool(bounds);
    const verdicts = addAll(
      pool,
      Array.from({ length: 7 }, (_, number) => entryOf(number, 1)),
    );
    expect(verdicts.filter((verdict) => verdict === 'added')).toHaveLength(5);
    const large = addAll(pool, [entryOf(20, 2, { size: 400 }), entryOf(21, 2, { size: 101 })]);
    expect(large).toEqual(['added', 'mempool_full']);
  });

  it('takes one transaction over the share, but none over the whole', () => {
    const pool = createMempool(bounds);
    expect(verdictOf(pool.add(entryOf(1, 1, { size: 1_001 })))).toBe('mempool_full');
    expect(verdictOf(pool.add(entryOf(2, 1, { size: 900 })))).toBe('added');
  });

  it('evicts several small ones for a large one, or puts all back', () => {
    const pool = createMempool({ ...bounds, transactionsMax: 100 });
    for (let number = 0; number < 40; number += 1) {
      pool.add(entryOf(number, number % 4, { size: 25 }));
    }
    expect(pool.bytes).toBe(1_000);
    expect(verdictOf(pool.add(entryOf(50, 9, { size: 190 })))).toBe('added');
    expect([pool.bytes, pool.evicted]).toEqual([990, 8]);
    const before = numbersOf(pool.entries());
    const order = numbersOf(pool.take(all));
    expect(verdictOf(pool.add(entryOf(51, 8, { size: 160 })))).toBe('mempool_full');
    expect(numbersOf(pool.entries())).toEqual(before);
    expect(numbersOf(pool.take(all))).toEqual(order);
    expect(pool.bytes).toBe(990);
  });

  it('two parties do not push each other to and fro', () => {
    const pool = createMempool({ ...bounds, transactionsMax: 5, partyShareBps: 10_000 });
    for (let number = 0; number < 5; number += 1) pool.add(entryOf(number, number % 2));
    for (let number = 10; number < 20; number += 1) pool.add(entryOf(number, number % 2));
    expect(pool.evicted).toBe(0);
  });
});

describe('against a simple model', () => {
  it('keeps its bounds, its fairness and its order under any calls', () => {
    const bounds = fc.record({
      transactionsMax: fc.integer({ min: 1, max: 12 }),
      bytesMax: fc.integer({ min: 5, max: 60 }),
      partyShareBps: fc.constantFrom(2_500, 5_000, 10_000),
    });
    let evictions = 0;
    let refusals = 0;
    fc.assert(
      fc.property(
        bounds,
        fc.array(callArbitrary(), { minLength: 20, maxLength: 80, size: 'max' }),
        (limitsOfRun, calls) => {
          const pool = createMempool(limitsOfRun);
          const model = createModel(limitsOfRun);
          calls.forEach((call, number) => {
            const seen = run(pool, call, number);
            expect(seen).toEqual(run(model, call, number));
            if (seen === 'mempool_full') refusals += 1;
            expect(isBounded(pool, limitsOfRun)).toBe(true);
          });
          expect(numbersOf(pool.entries())).toEqual(numbersOf(model.entries()));
          evictions += pool.evicted;
        },
      ),
      { numRuns: 1_000, seed: 20_260 },
    );
    expect(evictions).toBeGreaterThan(500);
    expect(refusals).toBeGreaterThan(500);
  });

  it('gives the same order for the same calls', () => {
    fc.assert(
      fc.property(fc.array(callArbitrary(), { maxLength: 60 }), (calls) => {
        const [left, right] = [createMempool(open), createMempool(open)];
        calls.forEach((call, number) => {
          expect(run(left, call, number)).toEqual(run(right, call, number));
        });
      }),
      { numRuns: 100 },
    );
  });
});

describe('at full size', () => {
  it('a take of 2,000 from 50,000 looks at little more than it returns', () => {
    const pool = createMempool();
    let looks = 0;
    for (let number = 0; number < limits.mempoolTransactionsMax; number += 1) {
      const { bytes, ...rest } = entryOf(number, number % 500);
      const watched = {
        ...rest,
        get bytes() {
          looks += 1;
          return bytes;
        },
      };
      pool.add(watched);
    }
    expect(pool.size).toBe(limits.mempoolTransactionsMax);
    looks = 0;
    expect(pool.take({ ...all, countMax: 2_000 })).toHaveLength(2_000);
    expect(looks).toBeLessThanOrEqual(2_000);
    looks = 0;
    expect(pool.take({ ...all, countMax: 2_000, bytesMax: 100 })).toHaveLength(100);
    expect(looks).toBeLessThanOrEqual(100 + limits.mempoolSkipsMax);
    looks = 0;
    expect(verdictOf(pool.add(entryOf(99_999, 501)))).toBe('added');
    expect(looks).toBeLessThan(20);
  });
});

type Call =
  | { readonly kind: 'add'; readonly party: number; readonly size: number; readonly until: number }
  | { readonly kind: 'again'; readonly number: number }
  | { readonly kind: 'commit'; readonly countMax: number; readonly bytesMax: number }
  | { readonly kind: 'expire'; readonly height: number };

function callArbitrary(): fc.Arbitrary<Call> {
  const add = fc.record({
    kind: fc.constant('add' as const),
    party: fc.oneof(fc.constant(0), fc.nat(5)),
    size: fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 12 })),
    until: fc.integer({ min: 1, max: 12 }),
  });
  return fc.oneof(
    { arbitrary: add, weight: 12 },
    {
      arbitrary: fc.record({ kind: fc.constant('again' as const), number: fc.nat(60) }),
      weight: 1,
    },
    {
      arbitrary: fc.record({
        kind: fc.constant('commit' as const),
        countMax: fc.nat(6),
        bytesMax: fc.nat(30),
      }),
      weight: 2,
    },
    {
      arbitrary: fc.record({ kind: fc.constant('expire' as const), height: fc.nat(9) }),
      weight: 1,
    },
  );
}

type Subject = Pick<Mempool, 'add' | 'take' | 'remove' | 'expire' | 'entries'>;

/** Carries out a call and says what could be seen of it. */
function run(subject: Subject, call: Call, number: number): unknown {
  switch (call.kind) {
    case 'add':
      return verdictOf(subject.add(entryOf(number, call.party, call)));
    case 'again':
      return verdictOf(subject.add(entryOf(call.number, 0)));
    case 'expire':
      return subject.expire(call.height);
    case 'commit': {
      const taken = subject.take({ ...call, height: 3 });
      subject.remove(taken.map((entry) => entry.txId));
      return numbersOf(taken);
    }
  }
}

function isBounded(pool: Mempool, bounds: MempoolBounds): boolean {
  const { transactionsMax, bytesMax, partyShareBps } = bounds;
  const entries = pool.entries();
  if (entries.length !== pool.size || sumOf(entries) !== pool.bytes) return false;
  if (pool.size > transactionsMax || pool.bytes > bytesMax) return false;
  return Array.from({ length: 6 }, (_, party) => partyOf(party)).every((sender) => {
    const own = entries.filter((entry) => entry.sender === sender);
    if (own.length < 2) return true;
    const isFew = own.length * 10_000 <= transactionsMax * partyShareBps;
    return isFew && sumOf(own) * 10_000 <= bytesMax * partyShareBps;
  });
}

function sumOf(entries: readonly MempoolEntry[]): number {
  return entries.reduce((sum, entry) => sum + entry.bytes.length, 0);
}

/** The README's rules over plain lists, with exact fractions and no cleverness. */
function createModel(bounds: MempoolBounds): Subject {
  let held: MempoolEntry[] = [];
  let round: PartyId[] = [];
  let heightMin = 0;
  const firstSeen: PartyId[] = [];

  const load = (entries: readonly MempoolEntry[]) =>
    Math.max(entries.length * bounds.bytesMax, sumOf(entries) * bounds.transactionsMax);
  const of = (party: PartyId, entries: readonly MempoolEntry[]) =>
    entries.filter((entry) => entry.sender === party);
  const keep = (entries: readonly MempoolEntry[]) => {
    held = [...entries];
    round = round.filter((party) => of(party, held).length > 0);
  };
  const fits = (entries: readonly MempoolEntry[]) =>
    entries.length <= bounds.transactionsMax && sumOf(entries) <= bounds.bytesMax;

  function largest(entries: readonly MempoolEntry[]): readonly MempoolEntry[] {
    let found: readonly MempoolEntry[] = [];
    for (const party of firstSeen) {
      const own = of(party, entries);
      if (load(own) > load(found)) found = own;
    }
    return found;
  }

  function roomFor(entry: MempoolEntry): readonly MempoolEntry[] | undefined {
    let left: readonly MempoolEntry[] = held;
    while (!fits([...left, entry])) {
      const own = largest(left);
      if (load(own.slice(0, -1)) < load([...of(entry.sender, held), entry])) return undefined;
      const victim = own.at(-1);
      left = left.filter((other) => other !== victim);
    }
    return left;
  }

  return {
    add(entry) {
      if (held.some((other) => other.txId === entry.txId)) return { ok: true, value: 'known' };
      const refused = (code: string) => ({ ok: false, fault: { code, message: '' } }) as const;
      if (entry.validUntilHeight < heightMin) return refused('transaction_expired');
      const own = [...of(entry.sender, held), entry];
      const overCount = own.length * 10_000 > bounds.transactionsMax * bounds.partyShareBps;
      const overBytes = sumOf(own) * 10_000 > bounds.bytesMax * bounds.partyShareBps;
      if (sumOf(own) > bounds.bytesMax) return refused('mempool_full');
      if (own.length > 1 && (overCount || overBytes)) return refused('mempool_full');
      const left = roomFor(entry);
      if (left === undefined) return refused('mempool_full');
      keep(left);
      held.push(entry);
      // A party whose queue was empty arrives anew.
      if (!round.includes(entry.sender)) {
        round.push(entry.sender);
        const before = firstSeen.indexOf(entry.sender);
        if (before >= 0) firstSeen.splice(before, 1);
        firstSeen.push(entry.sender);
      }
      return { ok: true, value: 'added' };
    },
    take({ bytesMax, countMax, height }) {
      const queues = round.map((party) =>
        of(party, held).filter((entry) => entry.validUntilHeight >= height),
      );
      const taken: MempoolEntry[] = [];
      for (let turn = 0; turn < held.length; turn += 1) {
        for (const [at, queue] of queues.entries()) {
          const entry = queue[turn];
          if (entry === undefined || taken.length >= countMax) continue;
          if (sumOf(taken) + entry.bytes.length <= bytesMax) taken.push(entry);
          else queues[at] = [];
        }
      }
      return taken;
    },
    remove(txIds) {
      const gone = new Set(txIds);
      const served = held.filter((entry) => gone.has(entry.txId)).map((entry) => entry.sender);
      const order = [...gone].flatMap(
        (txId) => held.find((entry) => entry.txId === txId)?.sender ?? [],
      );
      keep(held.filter((entry) => !gone.has(entry.txId)));
      const back = [...new Set(order)].filter((party) => round.includes(party));
      round = [...round.filter((party) => !served.includes(party)), ...back];
    },
    expire(height) {
      heightMin = Math.max(heightMin, height);
      const past = held.filter((entry) => entry.validUntilHeight < height);
      keep(held.filter((entry) => entry.validUntilHeight >= height));
      return past
        .toSorted((a, b) => a.validUntilHeight - b.validUntilHeight)
        .map((entry) => entry.txId);
    },
    entries: () => held,
  };
}

import { compareText } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { literalRank } from './literalRanker.js';
import { rank } from './rank.js';
import { contestOver, dayNumber, onDay, party, registered, sampleLien } from './rankSamples.js';
import type { Lien, LienClass } from './schema.js';

const goodsClasses = [
  'PLEDGE_RECEIPT',
  'PLEDGE_GOODS',
  'MORTGAGE',
  'FLOATING_MORTGAGE',
  'PURCHASE_MONEY',
  'TITLE_RETENTION',
  'FINANCE_LEASE',
  'RETENTION',
] as const;
const claimClasses = ['FACTORING', 'RECEIVABLE_PLEDGE', 'ASSIGNMENT'] as const;

const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
const day = fc.integer({ min: 0, max: 14 });

const lienOf = (classes: readonly LienClass[], id: string): fc.Arbitrary<Lien> =>
  fc
    .record({
      lienClass: fc.constantFrom(...classes),
      grantor: fc.constantFrom('OWNER', 'OWNER', 'OWNER', 'EARLIER'),
      state: fc.constantFrom('EFFECTIVE', 'EFFECTIVE', 'EFFECTIVE', 'PROPOSED', 'RELEASED'),
      basis: fc.constantFrom('both', 'endorsement', 'registration'),
      filed: maybe(fc.record({ on: day, validTo: fc.constantFrom(20, 3_650, 3_650, 3_650) })),
      control: day,
      notice: maybe(day),
      delivered: maybe(day),
      price: fc.boolean(),
      possession: fc.boolean(),
      unknown: fc.integer({ min: 0, max: 9 }).map((n) => n === 0),
      stock: fc.boolean(),
      skus: fc.constantFrom([], ['CRUDE'], ['STEEL']),
      fixed: maybe(fc.constantFrom(-200, 100)),
    })
    .map((one) => {
      const onGoods = goodsClasses.some((known) => known === one.lienClass);
      const floating =
        onGoods && (one.lienClass === 'FLOATING_MORTGAGE' || (one.stock && one.price));
      const needsFiling =
        one.lienClass === 'PLEDGE_RECEIPT' || one.lienClass === 'RECEIVABLE_PLEDGE';
      const filed = one.filed ?? (needsFiling ? { on: 7, validTo: 3_650 } : undefined);
      const fixed = floating && one.fixed !== undefined;
      return sampleLien(id, one.lienClass, {
        grantor: party(one.grantor),
        state: one.state as Lien['state'],
        basis: one.lienClass === 'PLEDGE_RECEIPT' ? (one.basis as Lien['basis']) : undefined,
        asset: floating ? { kind: 'stock', id: party(one.grantor) } : { kind: 'lot', id: 'lt_1' },
        covers: floating ? { skus: [...one.skus], warehouses: [] } : undefined,
        securesPrice: one.price,
        crystallised: fixed
          ? {
              event: 'due_unpaid',
              evidence: { hash: `sha256:${'0'.repeat(64)}`, mediaType: 'a/b' },
              at: onDay(one.fixed ?? 0),
            }
          : undefined,
        publicity: {
          ...(filed === undefined ? {} : registered(filed.on, filed.validTo)),
          controlAt: onDay(one.control),
          noticeAt: one.notice === undefined ? undefined : onDay(one.notice),
          deliveredOn: one.delivered === undefined ? undefined : dayNumber(one.delivered - 5),
          possession: one.possession,
          timeUnknown: one.unknown ? true : undefined,
        },
      });
    });

const listOf = (classes: readonly LienClass[], atMost: number) =>
  fc
    .integer({ min: 0, max: atMost })
    .chain((count) =>
      fc.tuple(...Array.from({ length: count }, (_, n) => lienOf(classes, String(n)))),
    );

describe('rank against a second ranker, written pair by pair from the articles', () => {
  it.each([
    ['goods', goodsClasses, 6],
    ['goods', ['MORTGAGE', 'PURCHASE_MONEY', 'PLEDGE_GOODS'] as const, 5],
    ['claim', claimClasses, 6],
  ] as const)('L3: agrees over random liens on %s', (subject, classes, atMost) => {
    fc.assert(
      fc.property(listOf(classes, atMost), fc.array(day, { maxLength: 4 }), (liens, off) => {
        const holidays = off.map((one) => dayNumber(one));
        const input = contestOver(liens, { subject, holidays });
        const answer = rank(input);
        const literal = literalRank(input);
        const open = answer.flags.some(({ flag }) => flag === 'needs_determination');
        expect(open).toBe(literal.open);
        if (!open) expect(answer.groups.map(({ lienIds }) => lienIds)).toEqual(literal.groups);
      }),
      { numRuns: 3_000, seed: 20_261_121 },
    );
  });

  it('L3: names every lien once, and does not depend on the order in which they come', () => {
    fc.assert(
      fc.property(listOf(goodsClasses, 8), (liens) => {
        const answer = rank(contestOver(liens));
        const open = answer.flags.filter(({ flag }) => flag === 'needs_determination');
        const named = [
          ...answer.groups.flatMap(({ lienIds }) => lienIds),
          ...answer.excluded.map(({ lien }) => lien),
          ...open.flatMap(({ lienIds }) => lienIds),
        ];
        expect(named.sort(compareText)).toEqual(liens.map(({ id }) => id).sort(compareText));
        expect(rank(contestOver([...liens].reverse()))).toEqual(answer);
      }),
      { numRuns: 1_000, seed: 20_261_121 },
    );
  });
});

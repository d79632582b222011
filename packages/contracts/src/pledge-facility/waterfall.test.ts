import type { PartyId } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type WaterfallClaim, type WaterfallInput, waterfall } from './waterfall.js';

const party = (name: string): PartyId => `uscc:TEST-${name}` as PartyId;
const SEED = 20_260_105;

const claim = (lien: string, parts: Partial<WaterfallClaim> = {}): WaterfallClaim => ({
  lien,
  holder: party(lien),
  costsMinor: 0n,
  interestMinor: 0n,
  principalMinor: 0n,
  penaltiesMinor: 0n,
  reservedMinor: 0n,
  securedMaxMinor: 10n ** 15n,
  ...parts,
});

const input = (parts: Partial<WaterfallInput>): WaterfallInput => ({
  asset: 'wr_a',
  proceedsMinor: 0n,
  costsMinor: 0n,
  costsTo: party('lender'),
  groups: [],
  surplusTo: party('pledgor'),
  ...parts,
});

const told = (given: WaterfallInput) =>
  waterfall(given).map((line) => `${line.lien ?? line.to} ${line.part} ${line.amountMinor}`);

describe('the waterfall', () => {
  it('561: costs 5, interest 10, principal 100, got 12: 5, 7, 0', () => {
    const debt = { costsMinor: 5n, interestMinor: 10n, principalMinor: 100n };
    const groups = [{ articles: ['414'], claims: [claim('ln_a', debt)] }];
    expect(told(input({ proceedsMinor: 12n, groups }))).toEqual([
      'ln_a costs 5',
      'ln_a interest 7',
    ]);
  });

  it('438: debt 80, proceeds 100: 20 to the pledgor; proceeds 60: nothing to it', () => {
    const groups = [{ articles: ['414'], claims: [claim('ln_a', { principalMinor: 80n })] }];
    const lines = waterfall(input({ proceedsMinor: 100n, groups }));
    expect(lines.at(-1)).toEqual({
      asset: 'wr_a',
      part: 'surplus',
      to: party('pledgor'),
      articles: ['438'],
      amountMinor: 20n,
    });
    expect(told(input({ proceedsMinor: 60n, groups }))).toEqual(['ln_a principal 60']);
  });

  it('pays enforcement costs before everything, the keeper who retains before pledges (456)', () => {
    const keeper = { articles: ['456'], claims: [claim('ln_k', { principalMinor: 30n })] };
    const pledge = { articles: ['414'], claims: [claim('ln_p', { principalMinor: 100n })] };
    const given = input({ proceedsMinor: 100n, costsMinor: 7n, groups: [keeper, pledge] });
    expect(waterfall(given).map(({ articles }) => articles)).toEqual([
      ['389', '561'],
      ['456', '561'],
      ['414', '561'],
    ]);
    expect(told(given)).toEqual([
      'uscc:TEST-lender enforcement_costs 7',
      'ln_k principal 30',
      'ln_p principal 63',
    ]);
  });

  it('R4: equals share pro rata, the odd unit to the largest remainder, ties to the smaller id', () => {
    const three = ['ln_a', 'ln_b', 'ln_c'].map((id) => claim(id, { principalMinor: 100n }));
    const given = input({ proceedsMinor: 100n, groups: [{ articles: ['414'], claims: three }] });
    expect(told(given)).toEqual(['ln_a principal 34', 'ln_b principal 33', 'ln_c principal 33']);
  });

  it('L4: a lien gives no more than its registered maximum', () => {
    const capped = claim('ln_a', { principalMinor: 100n, securedMaxMinor: 40n });
    const groups = [{ articles: ['414'], claims: [capped] }];
    expect(told(input({ proceedsMinor: 100n, groups }))).toEqual([
      'ln_a principal 40',
      'uscc:TEST-pledgor surplus 60',
    ]);
  });

  it('adds up exactly and agrees with a reference that pays coin by coin', () => {
    const small = fc.bigInt(0n, 9n);
    const parts = fc.record({
      costsMinor: small,
      interestMinor: small,
      principalMinor: small,
      penaltiesMinor: small,
      reservedMinor: small,
      securedMaxMinor: fc.bigInt(-1n, 30n),
    });
    const group = fc.array(parts, { maxLength: 4 });
    const cases = fc.record({
      proceedsMinor: fc.bigInt(0n, 120n),
      costsMinor: small,
      groups: fc.array(group, { maxLength: 4 }),
    });
    fc.assert(
      fc.property(cases, ({ proceedsMinor, costsMinor, groups }) => {
        const ranked = groups.map((members, rank) => ({
          articles: ['414'],
          claims: members.map((one, index) => claim(`ln_${rank}${index}`, one)),
        }));
        const given = input({ proceedsMinor, costsMinor, groups: ranked });
        const lines = waterfall(given);
        const sum = lines.reduce((total, line) => total + line.amountMinor, 0n);
        expect(sum).toBe(proceedsMinor);
        expect(lines.every((line) => line.amountMinor > 0n)).toBe(true);
        expect(told(given)).toEqual(reference(given));
      }),
      { numRuns: 1_000, seed: SEED },
    );
  });
});

/** The same by the letter and slowly: one minor unit after the other. */
function reference(given: WaterfallInput): string[] {
  const out = new Map<string, bigint>();
  const put = (key: string) => out.set(key, (out.get(key) ?? 0n) + 1n);
  let left = given.proceedsMinor;
  for (let paid = 0n; paid < given.costsMinor && left > 0n; paid += 1n, left -= 1n) {
    put(`${given.costsTo} enforcement_costs`);
  }
  for (const { claims } of given.groups) {
    const entitled = entitlements(claims, left);
    for (const [index, one] of claims.entries()) {
      const order = [
        ['costs', one.costsMinor],
        ['interest', one.interestMinor],
        ['principal', one.principalMinor],
        ['penalties', one.penaltiesMinor],
        ['reserved', one.reservedMinor],
      ] as const;
      let mine = entitled[index] ?? 0n;
      left -= mine;
      for (const [part, due] of order) {
        for (let paid = 0n; paid < due && mine > 0n; paid += 1n, mine -= 1n) {
          put(`${one.lien} ${part}`);
        }
      }
    }
  }
  for (; left > 0n; left -= 1n) put(`${given.surplusTo} surplus`);
  return [...out].map(([key, minor]) => `${key} ${minor}`);
}

/** R4: floors first, then a unit each to the largest remainders, ties to the smallest id. */
function entitlements(claims: readonly WaterfallClaim[], left: bigint): bigint[] {
  const weights = claims.map((one) => {
    const owed =
      one.costsMinor +
      one.interestMinor +
      one.principalMinor +
      one.penaltiesMinor +
      one.reservedMinor;
    const cap = one.securedMaxMinor < 0n ? 0n : one.securedMaxMinor;
    return owed < cap ? owed : cap;
  });
  const all = weights.reduce((sum, weight) => sum + weight, 0n);
  if (all <= left) return weights;
  const shares = weights.map((weight) => (left * weight) / all);
  const rests = weights.map((weight) => (left * weight) % all);
  let over = left - shares.reduce((sum, share) => sum + share, 0n);
  while (over > 0n) {
    const index = rests.findIndex((rest) => rests.every((other) => other <= rest));
    shares[index] = (shares[index] ?? 0n) + 1n;
    rests[index] = -1n;
    over -= 1n;
  }
  return shares;
}

import { receivable } from '@triflow/contracts';
import { claims, invoices, liens, obligations, proofs, roots } from '@triflow/contracts/schemas';
import { ask } from '@triflow/contracts/testkit/ask';
import {
  act,
  CLAUSE,
  confirmedClaim,
  debtOf,
  financedClaim,
  GROSS,
  hand,
  issueClaim,
  matured,
  onClaim,
  pay,
  payClaim,
  pledgedClaim,
  tradeBetween,
  tradedWorld,
} from '@triflow/contracts/testkit/claims';
import { prepare, submit } from '@triflow/contracts/testkit/orders';
import { describe, expect, it } from 'vitest';

describe('545 part assignment', () => {
  it('a ban on assigning a money debt is on record and not good against the transferee', () => {
    const world = tradedWorld();
    prepare(issueClaim(world, { assignmentBan: CLAUSE }));
    prepare(onClaim(world, 'buyer', 'confirm'));
    const parts = [
      { id: 'rv_a', minor: 13_000n },
      { id: 'rv_b', minor: 100_000n },
    ];
    prepare(onClaim(world, 'seller', 'split', { parts }));
    expect(hand(world, ['seller', 'other'], { id: 'rv_b' }).code).toBe('success');
    expect(world.must(roots, 'rv_1').assignmentBan).toEqual(CLAUSE);
    expect(debtOf(matured(world, 'rv_2'), 'rv_2').creditor).toBe(world.id('other'));
  });
});

describe('546 notice; CI 48, 50', () => {
  it('who paid the old holder before notice is discharged', () => {
    const world = matured(financedClaim({}, false));
    prepare(payClaim(world, 'pp_1', { payee: 'seller', minor: GROSS }));
    expect(debtOf(world)).toMatchObject({ state: 'PAID', flags: [] });
    expect(act(world, 'third', 'redeem', { id: 'rv_1' }).code).toBe('success');
  });

  it('who pays the old holder after notice is not, and the payment is marked', () => {
    const world = matured(financedClaim());
    prepare(payClaim(world, 'pp_1', { payee: 'seller', minor: GROSS }));
    expect(debtOf(world)).toMatchObject({ state: 'OPEN', flags: ['paid_to_wrong_creditor'] });
    expect(world.must(proofs, 'pp_1').flags).toEqual(['paid_to_wrong_creditor']);
    expect(act(world, 'third', 'redeem', { id: 'rv_1' }).code).toBe('payment_not_complete');
  });

  it('a notice between maturity and payment counts from its block', () => {
    const world = matured(financedClaim({}, false));
    prepare(pay(world, 'pp_early', ['buyer', 'seller'], 1_000n));
    prepare(act(world, 'lender', 'notify_debtor', { id: 'rv_1' }));
    const { obligation = '' } = world.must(claims, 'rv_1');
    const allocations = [{ obligation, minor: 1_000n }];
    const early = { id: 'pp_early', expectedVersion: 1, allocations };
    prepare(world.submit('buyer', 'payment', 'allocate', early));
    expect(debtOf(world).paidMinor).toBe(1_000n);
    prepare(payClaim(world, 'pp_late', { payee: 'seller', minor: 1_000n }));
    expect(debtOf(world).paidMinor).toBe(1_000n);
  });

  it('the first notice is the one of its block: a second of the same creditor adds nothing', () => {
    const world = financedClaim();
    const at = world.must(claims, 'rv_1').notice?.at;
    expect(act(world, 'lender', 'notify_debtor', { id: 'rv_1' }).code).toBe('notice_already_given');
    expect(world.must(claims, 'rv_1').notice?.at).toBe(at);
    const { lien = '' } = world.must(claims, 'rv_1');
    expect(world.must(liens, lien).publicity.noticeAt).toBe(at);
  });
});

describe('547-549 side rights, defences, set-off', () => {
  it('547: what lies on a claim follows it', () => {
    const world = pledgedClaim();
    tradeBetween(world, 'po_t', 'seller', 'other');
    const { version, lien = '' } = world.must(claims, 'rv_1');
    const lender = world.id('lender');
    const terms = { child: 'rv_2', receiver: world.id('other'), tradeRef: 'po_t', lender };
    const params = { id: 'rv_1', expectedVersion: version, ...terms };
    prepare(world.agree(['seller', 'lender', 'other'], 'receivable', 'transfer', params));
    const moved = world.must(liens, world.must(claims, 'rv_2').lien ?? '');
    expect(moved).toMatchObject({ origin: lien, state: 'EFFECTIVE', holder: lender });
  });

  it('548: what is disputed of the invoice cannot be vouchered; after confirmation it is too late', () => {
    const world = tradedWorld();
    const dispute = (minor: bigint) =>
      submit(world, 'buyer', 'dispute', {
        id: 'in_1',
        expectedVersion: invoiceVersion(world),
        minor,
        reason: 'bent',
      }).code;
    expect(dispute(13_000n)).toBe('success');
    expect(issueClaim(world).code).toBe('exceeds_invoice_balance');
    const rest = { invoices: [{ invoice: 'in_1', minor: 100_000n }] };
    prepare(issueClaim(world, rest));
    prepare(onClaim(world, 'buyer', 'confirm'));
    expect(world.must(claims, 'rv_1').state).toBe('ACTIVE');
  });

  it('549: set-off lies if the counterclaim is due first and older than the notice', async () => {
    const world = financedClaim();
    const { maturity, notice } = world.must(claims, 'rv_1');
    const counter = counterclaim(world, { due: maturity, openedAt: (notice?.at ?? 0) - 1 });
    expect(await setOff(world, counter)).toMatchObject({ allowed: true, articles: ['549(1)'] });
    const later = counterclaim(world, { due: maturity + 1, openedAt: (notice?.at ?? 0) - 1 });
    expect(await setOff(world, later)).toMatchObject({ allowed: false });
    const younger = counterclaim(world, { due: maturity, openedAt: (notice?.at ?? 0) + 1 });
    expect(await setOff(world, younger)).toMatchObject({ allowed: false });
  });

  it('549: or if it comes of the same contract', async () => {
    const world = financedClaim();
    const { maturity } = world.must(claims, 'rv_1');
    const terms = { due: maturity + 90, openedAt: world.nowMs(), sourceRef: 'in_1' };
    const same = counterclaim(world, terms);
    expect(await setOff(world, same)).toMatchObject({ allowed: true, articles: ['549(2)'] });
  });
});

type World = ReturnType<typeof tradedWorld>;

/** The seller, who sold the claim, owes its debtor something, too. */
function counterclaim(
  world: World,
  terms: { due: number; openedAt: number; sourceRef?: string },
): string {
  const base = debtOf(matured(confirmedClaim()));
  const [debtor, creditor] = [world.id('seller'), world.id('buyer')];
  const record = { ...base, id: 'ob_counter', debtor, creditor, sourceRef: 'in_other', ...terms };
  world.plant(obligations, ['ob_counter'], record);
  return 'ob_counter';
}

async function setOff(world: World, obligation: string) {
  const { data } = await ask(world, receivable, 'setOff', { claim: 'rv_1', obligation });
  return data;
}

function invoiceVersion(world: World): number {
  return world.must(invoices, 'in_1').version;
}

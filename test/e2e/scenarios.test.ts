import { type Devnet, startDevnet } from '@triflow/devnet';
import { openCast, playDoublePledge, playReceivableTiers, type ReportEvent } from '@triflow/seeds';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const DAY_MS = 86_400_000;
const SCENARIO_MS = 120_000;
let net: Devnet;
const told: ReportEvent[] = [];

beforeAll(async () => {
  const parameters = { blockIntervalMs: 20, heartbeatMs: 200 };
  net = await startDevnet({ transport: 'inproc', parameters });
}, 60_000);

afterAll(async () => {
  await net.stop();
});

/** Tells, and moves the nodes' clock when it is asked for. */
function report(event: ReportEvent): void {
  told.push(event);
  if (event.event === 'mark' && event.name === 'days') {
    void net.advanceClock(event.days * DAY_MS);
  }
}

async function optionsOf() {
  const cast = await openCast(net.devnetFile);
  return { cast, report, directory: net.dir, clockFollows: true };
}

describe('scenarios on a network in one process', () => {
  it('double-pledge: every fraud is refused, each by its own rule', {
    timeout: SCENARIO_MS,
  }, async () => {
    const { refused, transactions } = await playDoublePledge(await optionsOf());
    expect(refused).toEqual({
      'the same receipt pledged again': 'asset_already_encumbered',
      'the goods behind it pledged': 'grantor_not_owner',
      'a second receipt over the same goods': 'lot_quantity_exceeded',
      'a second lot in the same tank': 'slot_already_assigned',
      'the same invoice registered again': 'invoice_already_registered',
      'a second voucher of the same invoice': 'exceeds_invoice_balance',
      'the same voucher financed again': 'already_financed',
      'one disbursement for two vouchers': 'payment_proof_reused',
      'the same payment proved again': 'payment_proof_reused',
    });
    expect(transactions.rejected).toMatchObject({ payment_proof_reused: 2 });
  });

  it('receivable-tiers: four tiers, one financed, all redeemed on the day', {
    timeout: SCENARIO_MS,
  }, async () => {
    const summary = await playReceivableTiers(await optionsOf());
    expect(summary.redeemed).toBe(true);
    expect(summary.leaves).toEqual([
      { tier: 1, holder: 'Lianhe Motors', face: '760,000.00 CNY', financed: false },
      { tier: 2, holder: 'Jiahe Wire', face: '600,000.00 CNY', financed: false },
      { tier: 3, holder: 'Tongdu Copper Rod', face: '500,000.00 CNY', financed: false },
      { tier: 4, holder: 'Bohai Gulf Bank', face: '400,000.00 CNY', financed: true },
    ]);
    expect(summary.face).toBe('2,260,000.00 CNY');
    expect(summary.transactions.rejected).toEqual({
      split_does_not_conserve_value: 1,
      circular_transfer: 1,
      trade_background_missing: 1,
      deadline_not_reached: 1,
      payment_not_complete: 1,
    });
  });
});

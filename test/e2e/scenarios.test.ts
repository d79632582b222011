import { type Devnet, startDevnet } from '@triflow/devnet';
import {
  openCast,
  playDoublePledge,
  playFuelOil,
  playLivestock,
  playReceivableTiers,
  playVaccine,
  type ReportEvent,
} from '@triflow/seeds';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readerHeaders } from './readerToken.js';
import { untilFound } from './untilTrue.js';

const DAY_MS = 86_400_000;
const SCENARIO_MS = 300_000;
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

const alertSchema = z.object({ id: z.string(), data: z.looseObject({ kind: z.string() }) });
const alertsSchema = z.object({ data: z.array(alertSchema) });

/** All alerts as one node tells them at a height that it has come to. */
async function alertsAt(url: string, height: number) {
  const answer = await untilFound(`${url} has come to ${height}`, async () => {
    const headers = await readerHeaders(url);
    const found = await fetch(`${url}/v1/alerts?limit=100&at=${height}`, { headers });
    return found.ok ? found : undefined;
  });
  return alertsSchema.parse(await answer.json()).data;
}

describe('scenarios on a network in one process', () => {
  it('fuel-oil: a spring of margin calls, cured, and one asset backs one claim', {
    timeout: SCENARIO_MS,
  }, async () => {
    const summary = await playFuelOil(await optionsOf());
    expect(summary.marginCalls).toEqual(['2020-03-06', '2020-03-09', '2020-03-30']);
    expect(summary.disposals).toEqual(['2020-03-31']);
    expect(summary.secondPledge.code).toBe('asset_already_encumbered');
    expect(summary.final).toMatchObject({
      state: 'NORMAL',
      ltv: '53.57 %',
      liensPerReceipt: [1, 1],
    });
    expect(summary.transactions.rejected).toEqual({
      asset_already_encumbered: 1,
      release_would_breach_ltv: 1,
    });
    expect(summary.gateways).toEqual({ events: 6, readings: 8 });
  });

  it('vaccine: what was not cold is refused, what was accepted is paid, a recall reaches all', {
    timeout: SCENARIO_MS,
  }, async () => {
    const summary = await playVaccine(await optionsOf());
    expect(summary).toMatchObject({ paid: '3,400.00 CNY', payment: 'PAID' });
    expect(summary.recall).toEqual({ lots: 3, dispensed: 1, destroyed: 20, recalled: 49 });
    expect(summary.transactions.rejected).toMatchObject({
      lot_not_released: 1,
      clinic_supply_only_through_cdc: 1,
      payment_condition_not_met: 1,
      temperature_out_of_range: 1,
      temperature_record_incomplete: 1,
      critical_alert_open: 1,
      unit_already_dispensed: 1,
    });
  });

  it('livestock: an alarm stops money and sales, a death is insured, a sale pays the bank', {
    timeout: SCENARIO_MS,
  }, async () => {
    const summary = await playLivestock(await optionsOf());
    expect(Object.values(summary.final.states)).toEqual(['IN_PEN', 'SOLD', 'DEAD', 'IN_PEN']);
    expect(summary.final).toMatchObject({
      debt: '1,200.00 CNY',
      value: '20,800.00 CNY',
      ltv: '5.76 %',
    });
    expect(summary.transactions.rejected).toEqual({
      animal_already_registered: 2,
      forfeiture_clause_forbidden: 1,
      asset_already_encumbered: 1,
      critical_alert_open: 3,
      death_evidence_missing: 1,
      tag_is_retired: 1,
      exit_not_released: 2,
    });
    expect(summary.gateways).toEqual({ events: 0, readings: 145 });
  });

  it('N1: every node tells the same alerts of what the devices measured', async () => {
    const { height } = await net.client('regulator').head();
    const found = await Promise.all(net.urls.map((url) => alertsAt(url, height)));
    const [first = []] = found;
    for (const other of found) expect(other).toEqual(first);
    const kinds = new Set(first.map(({ data }) => data.kind));
    expect([...kinds]).toEqual(
      expect.arrayContaining(['BATTERY', 'GEOFENCE', 'TAMPER', 'TEMP_SINGLE', 'VITALS']),
    );
  });

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

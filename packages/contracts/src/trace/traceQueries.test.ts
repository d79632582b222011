import { describe, expect, it } from 'vitest';
import { ask } from '../ask.js';
import { obligations, proofs } from '../payment/keys.js';
import { prove } from '../payment/paymentWorld.js';
import { invoices } from '../purchase-order/keys.js';
import {
  deliver,
  invoice,
  onInvoice,
  orderedWorld,
  submit as orderStep,
  prepare,
} from '../purchase-order/orderWorld.js';
import { confirmedClaim, GROSS, matured, payClaim } from '../receivable/claimWorld.js';
import type { World } from '../testkit.js';
import { trace } from './index.js';
import {
  act,
  CASE,
  certificate,
  codeOf,
  emptyVaccineWorld,
  HOUR_MS,
  LOT,
  logTemperatures,
  must,
  openVaccineLot,
  PACKS,
  PALLET,
  releasedWorld,
  travel,
} from './vaccineWorld.js';

describe('custodyAt and whoHad', () => {
  it('tell who had a pack while it lay in its pallet, with the signed step', async () => {
    const world = releasedWorld();
    const before = world.nowMs();
    world.advance(HOUR_MS);
    must(travel(world, PALLET, 'maker', 'cdc'));
    const at = async (time: number) => {
      const params = { epc: codeOf(PACKS[0]), time: String(time) };
      return (await ask(world, trace, 'custodyAt', params)).data;
    };
    expect(await at(before)).toMatchObject({ tree: PALLET, custodian: world.id('maker') });
    expect(await at(world.nowMs())).toMatchObject({
      tree: PALLET,
      custodian: world.id('cdc'),
      state: 'RECEIVED',
      signed: { kind: 'receive', giver: world.id('maker'), receiver: world.id('cdc') },
    });
    expect(await at(0)).toBeNull();
    const span = { from: '0', to: String(world.nowMs()) };
    const { data } = await ask(world, trace, 'whoHad', { lot: LOT, ...span });
    const { items } = data as { items: { subject: string; custodian: string }[] };
    const custodians = items.filter((one) => one.subject === PALLET).map((one) => one.custodian);
    expect([...new Set(custodians)]).toEqual([world.id('maker'), world.id('cdc')]);
  });
});

describe('provenance', () => {
  it('goes up through lot and transformation, and names what is missing', async () => {
    const world = emptyVaccineWorld();
    const made = { value: 10n, unit: 'KGM', scale: 0 };
    const bulk = { id: 'lt_bulk', kind: 'goods', sku: 'B', name: 'B', made };
    must(world.submit('maker', 'trace', 'open_lot', bulk));
    must(openVaccineLot(world, 'lt_new', 0));
    const inputs = [{ lot: 'lt_bulk', quantity: made }];
    const outputs = [{ lot: 'lt_new', quantity: { value: 9n, unit: 'H87', scale: 0 } }];
    must(world.submit('maker', 'trace', 'transform', { inputs, outputs }));
    const units = [{ id: 'vu_n', code: codeOf('vu_n') }];
    must(world.submit('maker', 'trace', 'commission', { lot: 'lt_new', level: 1, units }));
    const up = await graph(world, { unit: 'vu_n', direction: 'up' });
    expect(up.nodes.map((node) => node.kind).sort((a, b) => (a < b ? -1 : 1))).toEqual([
      'lot',
      'lot',
      'transformation',
      'unit',
    ]);
    expect(up.gaps).toEqual([{ kind: 'commissioning_event_missing', subject: 'vu_n' }]);
    expect(up.complete).toBe(false);
    const down = await graph(world, { lot: 'lt_bulk', direction: 'down' });
    expect(down.nodes.map((node) => node.id)).toContain('vu_n');
    const near = await graph(world, { lot: 'lt_bulk', direction: 'down', depth: '1' });
    expect(near.gaps.map((gap) => gap.kind)).toContain('search_incomplete');
    const none = await graph(world, { lot: 'lt_none' });
    expect(none.gaps).toEqual([{ kind: 'record_missing', subject: 'lt_none' }]);
  });
});

describe('the three flows of a vaccine', () => {
  it('a shipment under a supply is owed at once, payable on evidence, cancelled on refusal', async () => {
    const world = suppliedWorld();
    must(logTemperatures(world, [500]));
    must(act(world, 'maker', 'ship', PALLET, { to: world.id('cdc') }));
    const [debt] = world.records(obligations);
    expect(debt?.conditions.filter((one) => one.met).map((one) => one.kind)).toEqual([
      'lot_released',
    ]);
    must(logTemperatures(world, [500, 500]));
    must(act(world, 'cdc', 'receive', PALLET, { releaseCopy: certificate }));
    const payable = world.must(obligations, debt?.id ?? '');
    expect(payable.conditions.every((one) => one.met)).toBe(true);
    expect(payable.amount).toEqual({ minor: 24_000n, currency: 'CNY' });
    const { data } = await ask(world, trace, 'threeFlow', { lot: LOT });
    expect(data).toMatchObject({
      equal: false,
      flows: [{ acceptedMinor: 24_000n, invoicedMinor: 24_000n, paidMinor: 0n }],
      differences: [{ kind: 'invoiced_exceeds_paid', minor: 24_000n }],
    });
  });

  it('released, cold and accepted: paid, and the three flows are equal', async () => {
    const world = suppliedWorld();
    must(logTemperatures(world, [500]));
    must(act(world, 'maker', 'ship', PALLET, { to: world.id('cdc') }));
    const id = world.records(obligations)[0]?.id ?? '';
    const allocate = (proof: string) => {
      const allocations = [{ obligation: id, minor: 24_000n }];
      const { version } = world.must(proofs, proof);
      const params = { id: proof, expectedVersion: version, allocations };
      return world.submit('fiscal', 'payment', 'allocate', params).code;
    };
    const payer = { payer: world.id('fiscal'), payee: world.id('maker') };
    must(prove(world, 'pp_1', 24_000n, payer));
    expect(allocate('pp_1')).toBe('payment_condition_not_met');
    must(logTemperatures(world, [500, 500]));
    must(act(world, 'cdc', 'receive', PALLET, { releaseCopy: certificate }));
    expect(allocate('pp_1')).toBe('success');
    expect(world.must(obligations, id)).toMatchObject({
      state: 'PAID',
      debtor: world.id('fiscal'),
      creditor: world.id('maker'),
      paidMinor: 24_000n,
    });
    const { data } = await ask(world, trace, 'threeFlow', { lot: LOT });
    expect(data).toMatchObject({ equal: true, differences: [] });
  });

  it('nothing is owed for what was refused', () => {
    const world = suppliedWorld();
    must(act(world, 'maker', 'ship', PALLET, { to: world.id('cdc') }));
    must(world.submit('cdc', 'trace', 'refuse', { id: PALLET, reason: 'no record' }));
    expect(world.records(obligations)).toMatchObject([{ state: 'CANCELLED' }]);
  });

  it('a case out of the pallet is counted by what it holds', async () => {
    const world = releasedWorld();
    must(act(world, 'maker', 'unpack', PALLET, { parent: PALLET, children: [CASE] }));
    const { data } = await ask(world, trace, 'lot', { id: LOT });
    expect(data).toMatchObject({ byState: { LOT_RELEASED: { units: 5, packs: 3 } } });
  });
});

describe('the three flows of an order', () => {
  const flowOf = async (world: World, order = 'po_1') =>
    (await ask(world, trace, 'threeFlow', { order })).data;

  it('goods, documents and money, with what differs named at each step', async () => {
    const world = orderedWorld();
    expect(await flowOf(world)).toMatchObject({ equal: true, lines: [{ accepted: 0n }] });
    deliver(world, 'dl_1', 100n);
    expect(await flowOf(world)).toMatchObject({
      equal: false,
      differences: [{ kind: 'accepted_exceeds_invoiced', minor: 113_000n, records: ['po_1'] }],
    });
    prepare(invoice(world, 'in_1', 100n));
    prepare(orderStep(world, 'other', 'match', { id: 'in_1' }));
    prepare(onInvoice(world, 'buyer', 'confirm_invoice'));
    expect(await flowOf(world)).toMatchObject({
      equal: false,
      flows: [{ acceptedMinor: 113_000n, invoicedMinor: 113_000n, paidMinor: 0n }],
      differences: [{ kind: 'invoiced_exceeds_paid', minor: 113_000n, records: ['po_1', 'in_1'] }],
    });
    const obligation = world.must(invoices, 'in_1').obligation ?? '';
    prepare(prove(world, 'pp_1', 113_000n));
    const allocations = [{ obligation, minor: 113_000n }];
    const paid = { id: 'pp_1', expectedVersion: 1, allocations };
    prepare(world.submit('buyer', 'payment', 'allocate', paid));
    expect(await flowOf(world)).toMatchObject({ equal: true, differences: [] });
    expect(await flowOf(world, 'po_none')).toBeNull();
  });

  it('an invoice before its goods shows as invoiced_exceeds_accepted', async () => {
    const world = orderedWorld();
    deliver(world, 'dl_1', 40n);
    prepare(invoice(world, 'in_1', 100n));
    expect(await flowOf(world)).toMatchObject({
      differences: [
        { kind: 'invoiced_exceeds_accepted', minor: 67_800n },
        { kind: 'invoiced_exceeds_paid', minor: 113_000n },
      ],
    });
  });

  it('what a voucher took over is paid as far as the voucher is, redeemed or in part', async () => {
    const world = matured(confirmedClaim());
    expect(await flowOf(world)).toMatchObject({
      differences: [{ kind: 'invoiced_exceeds_paid', minor: GROSS }],
    });
    prepare(payClaim(world, 'pp_1', { payee: 'seller', minor: 1_000n }));
    expect(await flowOf(world)).toMatchObject({
      flows: [{ paidMinor: 1_000n }],
      differences: [{ kind: 'invoiced_exceeds_paid', minor: GROSS - 1_000n }],
    });
    prepare(payClaim(world, 'pp_2', { payee: 'seller', minor: GROSS - 1_000n }));
    expect(await flowOf(world)).toMatchObject({ equal: true, differences: [] });
    prepare(world.submit('third', 'receivable', 'redeem', { id: 'rv_1' }));
    expect(await flowOf(world)).toMatchObject({ equal: true, differences: [] });
  });
});

interface GraphData {
  readonly nodes: { readonly id: string; readonly kind: string }[];
  readonly gaps: { readonly kind: string; readonly subject: string }[];
  readonly complete: boolean;
}

async function graph(world: World, params: Readonly<Record<string, string>>): Promise<GraphData> {
  return (await ask(world, trace, 'provenance', params)).data as GraphData;
}

/** The lot is supplied to the CDC at 80 yuan a pack. */
function suppliedWorld(): World {
  const world = releasedWorld();
  must(
    world.agree(['fiscal', 'cdc', 'maker'], 'trace', 'agree_supply', {
      lot: LOT,
      buyer: world.id('cdc'),
      seller: world.id('maker'),
      packs: 3,
      unitMinor: 8_000n,
      currency: 'CNY',
      days: 60,
    }),
  );
  return world;
}

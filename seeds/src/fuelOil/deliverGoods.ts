import { type CommandInput, type Committed, command } from '@triflow/sdk';
import { dayOfTime } from '../calendar.js';
import { capture, type EpcisEventJson, type Recorded } from '../field/capture.js';
import { barrelsText, moneyText } from '../figures.js';
import { documentRef } from '../papers.js';
import { expectSame, present } from '../scenarioError.js';
import type { Stage } from '../stage.js';
import {
  arrivedEvent,
  inspectedEvent,
  receivedEvent,
  secondReceivedEvent,
  shippedEvent,
} from './goodsEvents.js';
import { barrels, eventFrame, nameOf, type Play, type Player, usd } from './play.js';
import { CURRENCY, order, secondLotBarrels } from './terms.js';

const LINE = 1;
const LOSS_STANDARD_BPS = 30;
const STORAGE_DAYS = 365;
const EVENT_MEDIA_TYPE = 'application/ld+json';

/** Order, delivery and goods in store: the warehouse has 120,000 barrels in tank 305. */
export async function deliverGoods(play: Play): Promise<void> {
  await agreeOrder(play);
  const shipped = await ship(play);
  const received = await arrive(play, shipped);
  await storeGoods(play, received, shipped);
}

/** The seller's invoice is matched line by line and confirmed: an obligation to pay opens. */
export async function invoiceGoods(play: Play): Promise<void> {
  const { stage, names } = play;
  const { id: buyer } = stage.cast.actor('refinery');
  const amountMinor = order.barrels * order.cents;
  const line = { order: names.order, lineNo: LINE, quantity: barrels(order.barrels) };
  await stage.act(
    'supplier',
    command('purchase-order', 'register_invoice', {
      id: names.invoice,
      buyer,
      sellerTaxId: taxIdOf(play, 'supplier'),
      buyerTaxId: taxIdOf(play, 'refinery'),
      code: 'EXPORT',
      number: `INV-${names.code}`,
      amount: usd(amountMinor),
      tax: usd(0n),
      issueDay: dayOfTime(stage.nowMs()),
      lines: [{ ...line, amountMinor, taxMinor: 0n }],
    }),
  );
  await stage.act('refinery', command('purchase-order', 'match', { id: names.invoice }));
  const matched = await stage.read('refinery', (client) => client.invoices.get(names.invoice));
  const { version: expectedVersion } = present(names.invoice, matched.data);
  const confirm = { id: names.invoice, expectedVersion };
  await stage.act('refinery', command('purchase-order', 'confirm_invoice', confirm));
  const told = `${names.invoice} confirmed: ${moneyText(amountMinor)}`;
  stage.tell('money', `${told} owed to ${nameOf(play, 'supplier')}`);
}

/** The keeper inspects the goods and issues the receipt for all of them (908, 909). */
export async function issueReceipt(play: Play): Promise<void> {
  const { stage, names } = play;
  const inspected = inspectedEvent(eventFrame(play), order.barrels);
  const inspection = await capture(stage, 'warehouse', inspected, [names.lot]);
  const { receipt: id, lot } = names;
  await issue(play, { id, lot, value: order.barrels, inspectionHash: inspection.hash });
  const sentence = `${nameOf(play, 'warehouse')} issued ${names.receipt}`;
  stage.tell('goods', `${sentence}: ${barrelsText(order.barrels)} fuel oil, Zhoushan`);
}

/** The refinery's own oil goes into tank 306 and gets a receipt too. */
export async function issueSecondReceipt(play: Play): Promise<void> {
  const { stage, names } = play;
  const event = secondReceivedEvent(eventFrame(play), secondLotBarrels);
  const weighing = await weighIn(play, event, {
    lot: names.secondLot,
    tank: `306-${names.code}`,
    value: secondLotBarrels,
    lineage: [],
  });
  const { secondReceipt: id, secondLot: lot } = names;
  await issue(play, { id, lot, value: secondLotBarrels, inspectionHash: weighing.hash });
  const sentence = `${nameOf(play, 'warehouse')} issued ${names.secondReceipt}`;
  stage.tell('goods', `${sentence}: ${barrelsText(secondLotBarrels)} fuel oil, Zhoushan`);
}

async function agreeOrder(play: Play): Promise<void> {
  const { stage, names } = play;
  const { actor } = stage.cast;
  const price = { value: order.cents, currency: CURRENCY, unit: 'BLL', scale: 0 };
  const line = { lineNo: LINE, sku: order.sku, ordered: barrels(order.barrels), unitPrice: price };
  await stage.act(
    'refinery',
    command('purchase-order', 'issue_order', {
      id: names.order,
      seller: actor('supplier').id,
      consignee: actor('warehouse').id,
      currency: CURRENCY,
      lines: [{ ...line, taxBps: 0, overDeliveryBps: 0 }],
      paymentTerm: { days: order.paymentDays, basis: 'delivery' },
    }),
  );
  const accept = { id: names.order, expectedVersion: 1 };
  await stage.act('supplier', command('purchase-order', 'accept_order', accept));
  const bought = `${names.order}: ${nameOf(play, 'refinery')} orders ${barrelsText(order.barrels)}`;
  stage.tell('data', `${bought} from ${nameOf(play, 'supplier')}`);
}

async function ship(play: Play): Promise<Recorded> {
  const { stage, names } = play;
  const event = shippedEvent(eventFrame(play), order.barrels);
  const shipped = await capture(stage, 'supplier', event);
  const shipping = command('purchase-order', 'ship', {
    id: names.delivery,
    order: names.order,
    carrier: stage.cast.actor('carrier').id,
    lines: [{ lineNo: LINE, quantity: barrels(order.barrels) }],
    eventHashes: [shipped.hash],
  });
  await stage.agree(['supplier', 'carrier'], shipping);
  const sent = `${names.delivery}: ${nameOf(play, 'supplier')} ships ${barrelsText(order.barrels)}`;
  stage.tell('goods', `${sent} by ${nameOf(play, 'carrier')}`);
  return shipped;
}

async function arrive(play: Play, shipped: Recorded): Promise<EpcisEventJson> {
  const { stage, names } = play;
  const frame = eventFrame(play);
  const arrived = await capture(stage, 'carrier', arrivedEvent(frame, order.barrels));
  const handingOver = command('purchase-order', 'hand_over', {
    id: names.delivery,
    expectedVersion: 1,
    receiver: stage.cast.actor('warehouse').id,
    eventHashes: [arrived.hash],
  });
  await stage.agree(['carrier', 'warehouse'], handingOver);
  const parts = { accepted: order.barrels, rejected: 0n, lost: 0n };
  await stage.act(
    'refinery',
    command('purchase-order', 'accept_delivery', {
      id: names.delivery,
      expectedVersion: 2,
      lines: [{ lineNo: LINE, unit: 'BLL', scale: 0, ...parts }],
    }),
  );
  const found = await stage.read('refinery', (client) => client.deliveries.get(names.delivery));
  const delivery = present(names.delivery, found.data);
  expectSame(`the state of ${names.delivery}`, delivery.state, 'ACCEPTED');
  expectSame('the events of the delivery', delivery.eventHashes, [shipped.hash, arrived.hash]);
  return receivedEvent(frame, order.barrels);
}

async function storeGoods(play: Play, event: EpcisEventJson, shipped: Recorded): Promise<void> {
  const { stage, names } = play;
  const { lot } = names;
  const stored = { lot, tank: `305-${names.code}`, value: order.barrels, lineage: [names.order] };
  await weighIn(play, event, stored);
  const link = command('trace', 'link_event_to_lot', { event: shipped.key, lot });
  await stage.act('warehouse', link);
  const weighed = `${barrelsText(order.barrels)} into tank 305`;
  stage.tell('goods', `${nameOf(play, 'warehouse')} weighed ${weighed}`);
}

/** What the weighbridge has captured is named by its hash when the keeper opens the lot. */
async function weighIn(
  { stage }: Play,
  event: EpcisEventJson,
  stored: { lot: string; tank: string; value: bigint; lineage: string[] },
): Promise<Recorded> {
  const weighed = await capture(stage, 'warehouse', event);
  await stage.act('warehouse', [
    ...storeCommands(stage, { ...stored, weighing: weighed.hash }),
    command('trace', 'link_event_to_lot', { event: weighed.key, lot: stored.lot }),
  ]);
  return weighed;
}

/** The commands by which a keeper opens a lot of the refinery's oil and takes it in. */
export function storeCommands(
  stage: Stage,
  stored: { lot: string; tank: string; value: bigint; lineage: string[]; weighing: string },
): CommandInput[] {
  const { lot, tank, value, lineage, weighing } = stored;
  const goods = { sku: order.sku, grade: 'RMG 380', unit: 'BLL', scale: 0 };
  return [
    command('warehouse-receipt', 'create_lot', {
      id: lot,
      owner: stage.cast.actor('refinery').id,
      ...goods,
      mode: 'identified',
      lossStandardBps: LOSS_STANDARD_BPS,
      lineage,
    }),
    command('warehouse-receipt', 'gate_in', {
      id: lot,
      quantity: barrels(value),
      slots: [`tank:${tank}`],
      weighing,
    }),
  ];
}

async function issue(play: Play, of: ReceiptGoods): Promise<Committed> {
  return play.stage.act('warehouse', receiptCommand(play, of));
}

/** What a receipt is issued over. */
interface ReceiptGoods {
  readonly id: string;
  readonly lot: string;
  readonly value: bigint;
  readonly inspectionHash: string;
}

/** The command that issues a receipt with its eight statutory items (909). */
export function receiptCommand(play: Play, { id, lot, value, inspectionHash }: ReceiptGoods) {
  const { stage } = play;
  const today = dayOfTime(stage.nowMs());
  const period = { from: today, to: today + STORAGE_DAYS };
  const goods = { variety: 'fuel oil 380 cSt', quality: 'RMG 380, sulphur 0.5 %' };
  return command('warehouse-receipt', 'issue', {
    id,
    lot,
    holder: stage.cast.actor('refinery').id,
    quantity: barrels(value),
    items: {
      depositor: { name: nameOf(play, 'refinery'), address: '1 Dongji Road, Zhoushan' },
      goods: { ...goods, packaging: 'bulk', pieces: 0, marks: 'none' },
      lossStandardBps: LOSS_STANDARD_BPS,
      place: 'WH-3, Zhoushan',
      storagePeriod: period,
      fee: { amount: { minor: 120_000_00n, currency: 'CNY' }, terms: 'monthly in arrears' },
      insurance: {
        insured: true,
        amount: usd(value * order.cents),
        period,
        insurer: 'Nanling Insurance',
      },
      placeOfIssue: 'Zhoushan',
    },
    inspection: { hash: inspectionHash, mediaType: EVENT_MEDIA_TYPE },
  });
}

function taxIdOf({ stage }: Play, alias: Player): string {
  return stage.cast.actor(alias).id.replace(/^[a-z]+:/, '');
}

/** The paper behind an act of this run. */
export function paperOf({ names }: Play, title: string): ReturnType<typeof documentRef> {
  return documentRef(`${title} ${names.code}`);
}

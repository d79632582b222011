import { isOk, OK, type Status, type WriteContext } from '@triflow/protocol';
import { supplies } from './keys.js';
import type { Tree } from './unitRecords.js';
import type { UnitStanding } from './unitSchema.js';

type Debt = NonNullable<UnitStanding['shipment']>['debt'];

/**
 * A shipment sets out under an agreed supply: its debt is open at once and payable only when the
 * lot is released (it is, or it would not travel), the temperature record is complete and the
 * quantity accepted (domain 3.8). Packs beyond the order are owed by nobody.
 */
export function openDebt(
  context: WriteContext,
  { unit, lot }: Tree,
  journey: { readonly from: string; readonly to: string },
): { readonly status: Status; readonly debt?: Debt } {
  const supply = context.get(supplies, lot.id, journey.to);
  if (supply === undefined || supply.seller !== journey.from) return { status: OK };
  const packs = Math.min(unit.packs, supply.ordered - supply.underway - supply.accepted);
  if (packs <= 0) return { status: OK };
  const obligation = context.newId('ob');
  const recorded = context.call('payment', 'record_obligation', {
    id: obligation,
    debtor: supply.payer,
    creditor: supply.seller,
    amount: { minor: supply.unitMinor * BigInt(packs), currency: supply.currency },
    due: context.day + supply.days,
    purpose: 'vaccine',
    sourceRef: lot.id,
    conditions: ['lot_released', 'temperature_complete', 'quantity_accepted'],
  });
  if (!isOk(recorded)) return { status: recorded };
  const underway = supply.underway + packs;
  context.put(supplies, [lot.id, supply.buyer], { ...supply, underway });
  const met = context.call('payment', 'meet_condition', { id: obligation, kind: 'lot_released' });
  return { status: met, debt: { obligation, packs } };
}

/** The goods were received with whole papers and record: the debt becomes payable. */
export function meetDebt(context: WriteContext, { lot, standing }: Tree): Status {
  const { debt, to } = standing.shipment ?? {};
  if (debt === undefined || to === undefined) return OK;
  const supply = endJourney(context, lot.id, to, debt.packs, debt.packs);
  const minor = (supply?.unitMinor ?? 0n) * BigInt(debt.packs);
  const id = debt.obligation;
  const complete = { id, kind: 'temperature_complete' };
  const first = context.call('payment', 'meet_condition', complete);
  if (!isOk(first)) return first;
  return context.call('payment', 'meet_condition', { id, kind: 'quantity_accepted', minor });
}

/** The goods will not be received: nothing is owed for them. */
export function endDebt(context: WriteContext, { lot, standing }: Tree): Status {
  const { debt, to } = standing.shipment ?? {};
  if (debt === undefined || to === undefined) return OK;
  endJourney(context, lot.id, to, debt.packs, 0);
  return context.call('payment', 'adjust_obligation', { id: debt.obligation, minor: 0n });
}

function endJourney(
  context: WriteContext,
  lot: string,
  buyer: string,
  packs: number,
  acceptedPacks: number,
) {
  const supply = context.get(supplies, lot, buyer);
  if (supply === undefined) return undefined;
  const underway = supply.underway - packs;
  const accepted = supply.accepted + acceptedPacks;
  context.put(supplies, [lot, buyer], { ...supply, underway, accepted });
  if (acceptedPacks > 0) {
    context.emit('supply.accepted', lot, { buyer, packs: acceptedPacks, accepted });
  }
  return supply;
}

import type { CborMap, CborValue, ReadContext, Status, WriteContext } from '@triflow/protocol';
import { tellMonitoring } from './alerts.js';
import type { PledgeFacilityEvent } from './events.js';
import { type ItemStanding, type PricedBy, termMismatches } from './items.js';
import { facilities } from './keys.js';
import { isLive } from './lifecycle.js';
import { displayLtvBps, isBreached, lineCrossed } from './ltv.js';
import type { Facility, FacilityState, Line, MarginCall, Valuation } from './schema.js';
import { status } from './statusCodes.js';
import {
  type Appraisal,
  appraise,
  type CureSums,
  cureSums,
  inputsDigest,
  isWithinRange,
} from './valuation.js';

const FEEDS_IN_EVENT_MAX = 16;
const LEFT_OUT_IN_EVENT_MAX = 16;

/** What a command did to a facility, beside what the valuation then shows. */
export interface Act {
  readonly event: PledgeFacilityEvent;
  readonly facts: CborMap;
  /** `revalue` alone is open to anyone: it must not make other parties' versions stale (R7). */
  readonly changesTerms: boolean;
}

/**
 * Values a facility after an act and writes it: the state follows the line crossed, a margin call
 * is issued, sharpened or cured. States outside live are left as they are.
 */
export function saveRevalued(context: WriteContext, changed: Facility, act: Act): Status {
  const before = changed;
  const appraisal = appraise(context, changed);
  if (!isWithinRange(changed, appraisal)) return status('amount_out_of_range');
  const cure = cureSums(changed, appraisal);
  const { totalMinor } = appraisal.owed;
  const line = lineCrossed(changed, totalMinor, appraisal.valueMinor);
  const state = nextState(changed, appraisal, line);
  const items = keptItems(changed, appraisal);
  const dropped = items.length !== changed.items.length;
  const bumped = act.changesTerms || dropped || state !== before.state;
  const after: Facility = {
    ...changed,
    items,
    state,
    valuation: valuationOf(context, changed, appraisal, line),
    marginCall: state === 'MARGIN_CALL' ? marginCall(context, changed, cure, line) : undefined,
    version: before.version + (bumped ? 1 : 0),
  };
  context.put(facilities, [after.id], after);
  const mismatched = termMismatches(context, items, after.maturity);
  const facts = { ...figures(after, appraisal, cure), termMismatch: listed(mismatched) };
  emitAll(context, { before, after, act, facts });
  return tellMonitoring(context, after, appraisal, mismatched);
}

/** By the line crossed; a margin call is left only at or under `cureToBps`. */
function nextState(facility: Facility, appraisal: Appraisal, line: Line): FacilityState {
  const { state } = facility;
  if (!isLive(state)) return state;
  const { owed, valueMinor } = appraisal;
  const open = state === 'MARGIN_CALL';
  if (open && isBreached(owed.totalMinor, valueMinor, facility.cureToBps)) return 'MARGIN_CALL';
  if (line === 'disposal' || line === 'margin_call') return 'MARGIN_CALL';
  if (line === 'warning') return 'WARNING';
  return state === 'ESTABLISHED' && owed.totalMinor === 0n ? 'ESTABLISHED' : 'NORMAL';
}

/** Parts of split receipts take their place; what is no longer pledged drops out of a live one. */
function keptItems(facility: Facility, appraisal: Appraisal): Facility['items'] {
  const pledged = appraisal.standings.filter((one) => one.lien !== undefined);
  const kept = isLive(facility.state) ? pledged : appraisal.standings;
  return kept.map((one) => one.item);
}

function valuationOf(
  context: ReadContext,
  facility: Facility,
  appraisal: Appraisal,
  line: Line,
): Valuation {
  const { standings, owed, valueMinor } = appraisal;
  const leftOut = standings.filter((one) => one.leftOut !== undefined).length;
  return {
    at: context.timeMs,
    height: context.height,
    debtMinor: owed.totalMinor,
    valueMinor,
    ltvBps: displayLtvBps(owed.totalMinor, valueMinor),
    line,
    itemsCounted: standings.length - leftOut,
    itemsLeftOut: leftOut,
    inputs: inputsDigest(context, facility, appraisal),
  };
}

/** The agreed time to cure; over `disposal` it shortens and never grows again. */
function marginCall(
  context: ReadContext,
  facility: Facility,
  cure: CureSums,
  line: Line,
): MarginCall {
  const former = facility.marginCall;
  const agreed = former?.deadline ?? context.timeMs + facility.cureMs;
  const short = context.timeMs + context.parameter<number>('shortCureMs');
  return {
    issuedAt: former?.issuedAt ?? context.timeMs,
    deadline: line === 'disposal' ? Math.min(agreed, short) : agreed,
    cureCashMinor: cure.cashMinor,
    cureGoodsValueMinor: cure.goodsValueMinor,
    cureGoodsQuantity: cure.goodsQuantity,
  };
}

function emitAll(
  context: WriteContext,
  step: {
    readonly before: Facility;
    readonly after: Facility;
    readonly act: Act;
    readonly facts: CborMap;
  },
): void {
  const { before, after, act, facts } = step;
  context.emit(act.event, after.id, { ...facts, ...act.facts });
  const from = before.valuation?.line ?? 'none';
  const to = after.valuation?.line ?? 'none';
  if (from !== to) context.emit('line.crossed', after.id, { ...facts, from, to });
  if (before.state === after.state) return;
  if (after.state === 'MARGIN_CALL') context.emit('margin_call.issued', after.id, facts);
  if (before.state === 'MARGIN_CALL') context.emit('margin_call.cured', after.id, facts);
}

/** What followers of a facility want to see at a glance; all sums in minor units. */
function figures(facility: Facility, appraisal: Appraisal, cure: CureSums): CborMap {
  const feeds = new Map<string, PricedBy>();
  for (const { priced } of appraisal.standings) {
    if (priced !== undefined) feeds.set(priced.feed, priced);
  }
  const prices = [...feeds.values()].slice(0, FEEDS_IN_EVENT_MAX).map(priceFacts);
  const leftOut = appraisal.standings.filter((one) => one.leftOut !== undefined);
  return {
    version: facility.version,
    state: facility.state,
    lender: facility.lender,
    pledgor: facility.pledgor,
    currency: facility.limit.currency,
    debtMinor: appraisal.owed.totalMinor,
    valueMinor: appraisal.valueMinor,
    ltvBps: facility.valuation?.ltvBps ?? null,
    line: facility.valuation?.line ?? 'none',
    price: prices[0]?.price ?? null,
    sourceDay: prices[0]?.sourceDay ?? null,
    prices,
    leftOut: leftOut.slice(0, LEFT_OUT_IN_EVENT_MAX).map(leftOutFacts),
    cureCashMinor: cure.cashMinor,
    cureGoodsValueMinor: cure.goodsValueMinor,
    cureGoodsQuantity: cure.goodsQuantity === undefined ? null : { ...cure.goodsQuantity },
    deadline: facility.marginCall?.deadline ?? null,
  };
}

interface PriceFacts extends CborMap {
  readonly feed: string;
  readonly round: number;
  readonly price: CborMap;
  readonly sourceDay: number | null;
}

function priceFacts({ feed, round, price, sourceDay }: PricedBy): PriceFacts {
  return { feed, round, price: { ...price }, sourceDay: sourceDay ?? null };
}

function listed(assets: readonly string[]): CborValue {
  return assets.slice(0, LEFT_OUT_IN_EVENT_MAX);
}

function leftOutFacts(standing: ItemStanding): CborValue {
  return { asset: standing.item.asset, reason: standing.leftOut };
}

import {
  isOk,
  isStorable,
  OK,
  type PartyId,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import type { z } from 'zod';
import { firstProblem } from '../../params.js';
import { countersigned } from '../../pending.js';
import { alignLot } from '../goodsFlow.js';
import { stocktakeBooks, stocktakes } from '../keys.js';
import { clearMismatch, raiseMismatch } from '../monitoringCalls.js';
import { loadLot, saveLot } from '../records.js';
import { commandSchemas, type Lot, type Stocktake } from '../schema.js';
import { status } from '../statusCodes.js';
import { currentStocktake } from '../stocktaking.js';

type Params = z.infer<typeof commandSchemas.sign_stocktake>;

/**
 * Counter and opener sign: on hand is what was counted, and what has moved since. The keeper's
 * word is not needed, or one that lost goods would never be short.
 */
export const signStocktake = countersigned<Params>({
  who: 'anyone',
  params: commandSchemas.sign_stocktake,
  object: (params) => params.id,
  signers: (context, { id, stocktake }) => {
    const found = currentStocktake(context, id, stocktake);
    return found === undefined || found.openedBy === found.counter ? [] : [found.openedBy];
  },
  verify: (context, { id, stocktake }, phase) => {
    const found = currentStocktake(context, id, stocktake);
    if (found === undefined) return status('object_not_found');
    const signs = phase === 'final' || found.counter === context.sender;
    return firstProblem(
      () => (signs ? OK : status('signer_not_party_to_object')),
      () => (found.state === 'RECONCILED' ? OK : status('stocktake_not_ready')),
      () => currentProblem(context, found),
    );
  },
  execute: (context, { id, stocktake }, opener) => {
    const found = currentStocktake(context, id, stocktake);
    if (found === undefined) return status('object_not_found');
    const signedBy: PartyId[] = [...new Set([opener, context.sender])];
    const signedAt = context.timeMs;
    const signed = { ...found, state: 'SIGNED' as const, signedAt, signedBy };
    context.put(stocktakes, [id, String(stocktake)], signed);
    const former = loadLot(context, id);
    const lot = saveLot(context, countedLot(context, former, signed));
    const { verdict, missing, counted } = signed;
    const { state, version, onHand, receipted } = lot;
    const facts = { version, state, onHand, receipted };
    context.emit('stocktake.signed', id, { ...facts, stocktake, verdict, missing, counted });
    if (state === 'SHORT') {
      context.emit('lot.short', id, { ...facts, critical: verdict === 'missing' });
    } else if (former.state === 'SHORT') context.emit('lot.sound', id, facts);
    const aligned = alignLot(context, lot);
    return isOk(aligned) ? tellMonitoring(context, lot, signed) : aligned;
  },
});

/** The lot's newest count, which nothing that left since contradicts. */
function currentProblem(context: ReadContext, found: Stocktake): Status {
  const lot = loadLot(context, found.lot);
  const onHand = onHandNow(context, lot, found);
  const possible = onHand >= 0n && isStorable(onHand);
  return lot.openStocktake === found.number && possible ? OK : status('stocktake_not_ready');
}

/** What was counted, more what came in, less what went out after the books were taken. */
function onHandNow(context: ReadContext, lot: Lot, found: Stocktake): bigint {
  const book = context.get(stocktakeBooks, lot.id, String(found.number));
  if (book === undefined || found.counted === undefined) return -1n;
  const cameIn = lot.weighedIn - lot.opening.weighedIn - book.weighedIn;
  const wentOut = lot.weighedOut - lot.opening.weighedOut - book.weighedOut;
  return found.counted + cameIn - wentOut;
}

/** SHORT while a count finds too much missing, or receipts stand for more than is there (E1). */
function countedLot(context: ReadContext, lot: Lot, found: Stocktake): Lot {
  const value = onHandNow(context, lot, found);
  const book = context.get(stocktakeBooks, lot.id, String(found.number));
  const short = found.verdict === 'missing' || lot.receipted.value > value;
  return {
    ...lot,
    onHand: { ...lot.onHand, value },
    state: short ? 'SHORT' : 'OPEN',
    short: short
      ? { onHand: value, receipted: lot.receipted.value, stocktake: found.number }
      : undefined,
    opening: {
      onHand: found.counted ?? 0n,
      weighedIn: lot.opening.weighedIn + (book?.weighedIn ?? 0n),
      weighedOut: lot.opening.weighedOut + (book?.weighedOut ?? 0n),
    },
    openStocktake: undefined,
    lastStocktakeAt: context.timeMs,
  };
}

function tellMonitoring(context: WriteContext, lot: Lot, found: Stocktake): Status {
  if (found.verdict === 'missing') return raiseMismatch(context, lot, 'critical');
  if (found.verdict === 'surplus') return raiseMismatch(context, lot, 'warning');
  return lot.state === 'SHORT' ? OK : clearMismatch(context, lot);
}

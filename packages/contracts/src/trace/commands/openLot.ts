import { addMonths, OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { hasRole } from '../../party-registry/internal.js';
import { findLot } from '../../warehouse-receipt/internal.js';
import { lotCounts, tracedLots } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';
import { emptyCounts } from '../tracedLot.js';
import { findTracedLot } from '../unitRecords.js';
import type { TracedLot } from '../unitSchema.js';

/** Vaccine records stay at least five years past the lot's expiry (V 38, 39). */
const KEPT_MONTHS = 60;

/** A maker opens a lot of goods that it will serialise or transform; a vaccine's is its MAH. */
export const openLot = command({
  who: 'anyone',
  params: commandSchemas.open_lot,
  verify: (context, params) => {
    const { id, kind, made, expiryDay, lineage = [] } = params;
    const taken = findTracedLot(context, id) !== undefined || findLot(context, id) !== undefined;
    if (taken) return status('id_already_exists');
    if (kind === 'vaccine') {
      if (!hasRole(context, context.sender, 'MAH')) return status('signer_lacks_role');
      if (expiryDay === undefined) return status('vaccine_terms_missing');
      if (made.unit !== 'H87' || made.scale !== 0) return status('unit_does_not_match');
    }
    if (made.value < 0n) return status('amount_must_be_positive');
    if (expiryDay !== undefined && expiryDay < context.day) return status('lot_is_expired');
    const known = lineage.every((one) => findLot(context, one) !== undefined);
    return known ? OK : status('reference_not_found');
  },
  execute: (context, params) => {
    const { id, kind, sku, name, made, expiryDay, lineage = [] } = params;
    const maker = context.sender;
    const lot: TracedLot = {
      id,
      kind,
      maker,
      sku,
      name,
      made,
      used: 0n,
      ...(expiryDay === undefined ? {} : { expiryDay }),
      ...(expiryDay === undefined || kind === 'goods'
        ? {}
        : { keepUntilDay: addMonths(expiryDay, KEPT_MONTHS) }),
      ancestors: [...new Set(lineage)],
      release: { state: kind === 'vaccine' ? 'AWAITED' : 'NOT_NEEDED' },
      openedAt: context.timeMs,
      version: 1,
    };
    context.put(tracedLots, [id], lot);
    context.put(lotCounts, [id], emptyCounts);
    const { keepUntilDay, release } = lot;
    const facts = { kind, maker, sku, made, expiryDay, keepUntilDay, release: release.state };
    context.emit('lot.opened', id, { version: 1, ...facts, ancestors: lot.ancestors });
    return OK;
  },
});

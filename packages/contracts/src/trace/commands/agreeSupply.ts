import { isStorable, OK } from '@triflow/protocol';
import { hasRole } from '../../party-registry/internal.js';
import { countersigned } from '../../pending.js';
import { supplies } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';
import { findTracedLot } from '../unitRecords.js';
import type { Supply } from '../unitSchema.js';

/**
 * Who pays (FISCAL), who receives (CDC) and the maker agree on packs and price of a lot. Each
 * shipment under it opens a debt that is payable only by evidence (domain 3.8).
 */
export const agreeSupply = countersigned({
  who: ['FISCAL'],
  params: commandSchemas.agree_supply,
  object: ({ lot }) => lot,
  signers: (_context, { buyer, seller }) => [buyer, seller],
  verify: (context, { lot, buyer, seller, packs, unitMinor }) => {
    const found = findTracedLot(context, lot);
    if (found === undefined) return status('object_not_found');
    if (found.kind !== 'vaccine') return status('lot_is_not_vaccine');
    if (found.maker !== seller) return status('signer_not_party_to_object');
    if (!hasRole(context, buyer, 'CDC')) return status('receiver_may_not_take_vaccine');
    if (context.get(supplies, lot, buyer) !== undefined) return status('supply_already_agreed');
    if (unitMinor <= 0n) return status('amount_must_be_positive');
    return isStorable(unitMinor * BigInt(packs)) ? OK : status('amount_out_of_range');
  },
  execute: (context, params, payer) => {
    const { lot, buyer, seller, packs: ordered, unitMinor, currency, days } = params;
    const terms = { lot, buyer, payer, seller, ordered, unitMinor, currency, days };
    const agreedAt = context.timeMs;
    const supply: Supply = { ...terms, underway: 0, accepted: 0, agreedAt };
    context.put(supplies, [lot, buyer], supply);
    context.emit('supply.agreed', lot, { version: 1, ...terms });
    return OK;
  },
});

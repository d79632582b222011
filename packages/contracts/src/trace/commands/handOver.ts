import { OK } from '@triflow/protocol';
import { isActive } from '../../party-registry/internal.js';
import { countersigned } from '../../pending.js';
import { findLot } from '../../warehouse-receipt/internal.js';
import { addStep, custodyOf, custodyVersion, restoreCustody } from '../custodyChange.js';
import { findEvent } from '../internal.js';
import { custodies } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** The custodian hands a lot's goods on; the receiver signs after. Events are its evidence. */
export const handOver = countersigned({
  who: 'anyone',
  params: commandSchemas.hand_over,
  object: ({ id }) => id,
  signers: (_context, { receiver }) => [receiver],
  verify: (context, { id, receiver, expectedVersion, events = [] }, phase) => {
    const lot = findLot(context, id);
    if (lot === undefined) return status('object_not_found');
    const custody = custodyOf(context, id);
    if (phase === 'open') {
      if (custody.custodian !== context.sender) return status('signer_not_party_to_object');
      const version = custodyVersion(context, id);
      if (version !== expectedVersion) return status('object_version_is_stale');
    }
    if (custody.state !== 'HELD') return status('object_has_pending_command');
    if (lot.receipted.value > 0n) return status('lot_has_open_receipts');
    if (receiver === custody.custodian) return status('parties_must_differ');
    if (!isActive(context, receiver)) return status('party_not_active');
    const known = events.every((key) => findEvent(context, key) !== undefined);
    return known ? OK : status('reference_not_found');
  },
  hold: {
    open: (context, { id, receiver }, pendingId) => {
      const custody = custodyOf(context, id);
      const version = custodyVersion(context, id) + 1;
      const state = 'HAND_OVER_PENDING' as const;
      context.put(custodies, [id], { ...custody, state, receiver, pendingId, version });
    },
    restore: (context, { id }) => {
      restoreCustody(context, id);
    },
  },
  execute: (context, { id, receiver, events = [] }) => {
    const custody = custodyOf(context, id);
    const giver = custody.custodian;
    const version = custody.version + 1;
    const changed = { ...custody, custodian: receiver, since: context.timeMs, version };
    addStep(context, changed, { kind: 'hand_over', giver, receiver, events });
    const data = { version, giver, custodian: receiver, events };
    context.emit('custody.changed', id, data);
    return OK;
  },
});

import type { ReadContext, Status, WriteContext } from '@triflow/protocol';
import type { z } from 'zod';
import { isFrozenAt } from '../frozen.js';
import { isActive } from '../party-registry/internal.js';
import { findLot } from '../warehouse-receipt/internal.js';
import { addStep, custodyOf, custodyVersion, restoreCustody } from './custodyChange.js';
import { findEvent } from './internal.js';
import { custodies } from './keys.js';
import type { commandSchemas } from './schema.js';
import { status } from './statusCodes.js';

export type HandOverParams = z.infer<typeof commandSchemas.hand_over>;

/** How custody passes from hand to hand: its guards, its waiting state, its effect. */
export interface HandOverWays {
  readonly problem: (
    context: ReadContext,
    params: HandOverParams,
    phase: 'open' | 'final',
  ) => Status | undefined;
  readonly hold: (context: WriteContext, params: HandOverParams, pendingId: string) => void;
  readonly restore: (context: WriteContext, id: string) => void;
  readonly change: (context: WriteContext, params: HandOverParams) => void;
}

/** The whole of a warehouse's lot, on which no receipt is open. */
export const lotHandOver: HandOverWays = {
  problem: (context, { id, receiver, expectedVersion, events = [] }, phase) => {
    const lot = findLot(context, id);
    if (lot === undefined) return status('object_not_found');
    const custody = custodyOf(context, id);
    if (phase === 'open') {
      if (custody.custodian !== context.sender) return status('signer_not_party_to_object');
      const version = custodyVersion(context, id);
      if (version !== expectedVersion) return status('object_version_is_stale');
    }
    if (isFrozenAt(lot, context.timeMs)) return status('object_is_frozen');
    if (custody.state !== 'HELD') return status('object_has_pending_command');
    if (lot.receipted.value > 0n) return status('lot_has_open_receipts');
    if (receiver === custody.custodian) return status('parties_must_differ');
    if (!isActive(context, receiver)) return status('party_not_active');
    const known = events.every((key) => findEvent(context, key) !== undefined);
    return known ? undefined : status('reference_not_found');
  },
  hold: (context, { id, receiver }, pendingId) => {
    const custody = custodyOf(context, id);
    const version = custodyVersion(context, id) + 1;
    const state = 'HAND_OVER_PENDING' as const;
    context.put(custodies, [id], { ...custody, state, receiver, pendingId, version });
  },
  restore: (context, id) => {
    restoreCustody(context, id);
  },
  change: (context, { id, receiver, events = [] }) => {
    const custody = custodyOf(context, id);
    const giver = custody.custodian;
    const version = custody.version + 1;
    const changed = { ...custody, custodian: receiver, since: context.timeMs, version };
    addStep(context, changed, { kind: 'hand_over', giver, receiver, events });
    const data = { version, giver, custodian: receiver, events };
    context.emit('custody.changed', id, data);
  },
};

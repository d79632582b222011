import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { runsNode } from '../internal.js';
import { anchorHeads, anchorParts, anchors } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A node's party anchors what its access log holds since the last time (domain section 6). */
export const anchorAccessLog = command({
  who: 'verified',
  params: commandSchemas.anchor_access_log,
  verify: (context, { from, to }) => {
    if (!runsNode(context, context.sender)) return status('signer_not_party_to_object');
    const last = context.get(anchorHeads, context.sender)?.to ?? 0;
    return from === last + 1 && to >= from ? OK : status('access_log_not_contiguous');
  },
  execute: (context, { from, to, root }) => {
    const party = context.sender;
    const anchor = { party, from, to, root, anchoredAt: context.timeMs };
    context.put(anchors, anchorParts(party, from), anchor);
    context.put(anchorHeads, [party], { to });
    context.emit('access_log.anchored', party, { from, to, root });
    return OK;
  },
});

import { OK } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { runsNode } from '../internal.js';
import { anchorHeads, anchorParts, anchors } from '../keys.js';
import { commandSchemas } from '../schema.js';
import { status } from '../statusCodes.js';

/** A party anchors what the access log of one of its nodes holds since then (domain section 6). */
export const anchorAccessLog = command({
  who: 'verified',
  params: commandSchemas.anchor_access_log,
  verify: (context, { node, from, to }) => {
    if (!runsNode(context, context.sender, node)) return status('signer_not_party_to_object');
    const last = context.get(anchorHeads, node)?.to ?? 0;
    return from === last + 1 && to >= from ? OK : status('access_log_not_contiguous');
  },
  execute: (context, { node, from, to, root }) => {
    const party = context.sender;
    const anchor = { party, node, from, to, root, anchoredAt: context.timeMs };
    context.put(anchors, anchorParts(node, from), anchor);
    context.put(anchorHeads, [node], { to });
    context.emit('access_log.anchored', party, { node, from, to, root });
    return OK;
  },
});

import { isOk, type Status } from '@triflow/protocol';
import type { AccessLogAnchor, AnchoredAccessLog } from './accessLogFile.js';

/** How often a log with new entries is anchored on the chain (domain section 6). */
export const ANCHOR_EVERY_MS = 3_600_000;

/** What the chain knows of this node's log, and how it learns more. */
export interface AnchorChain {
  /** The last entry that the chain has an anchor for; 0 when there is none. */
  anchoredTo(): number;
  /** Sends `governance.anchor_access_log` as the node's party and waits for its outcome. */
  submit(anchor: AccessLogAnchor, stopped: AbortSignal): Promise<Status>;
}

/**
 * Anchors the entries that no anchor covers yet, one anchor after the other; gives those that the
 * chain took. A refusal or a failure leaves the rest pending for the next time.
 */
export async function anchorAccessLog(
  log: AnchoredAccessLog,
  chain: AnchorChain,
  stopped: AbortSignal,
): Promise<readonly AccessLogAnchor[]> {
  const taken: AccessLogAnchor[] = [];
  // An anchor may have been committed whose outcome this node never saw.
  const known = chain.anchoredTo();
  if (known > 0) await log.noteAnchored(known);
  for (;;) {
    const anchor = await log.pendingAnchor();
    if (anchor === undefined || !isOk(await chain.submit(anchor, stopped))) return taken;
    await log.noteAnchored(anchor.to);
    taken.push(anchor);
  }
}

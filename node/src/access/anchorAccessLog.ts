import { isOk, type Status } from '@triflow/protocol';
import type { AccessLogAnchor, AnchoredAccessLog } from './accessLogFile.js';

/** How often a log with new entries is anchored on the chain (domain section 6). */
export const ANCHOR_EVERY_MS = 3_600_000;

/** Sends `governance.anchor_access_log` as the node's party and waits for its outcome. */
export type SubmitAnchor = (anchor: AccessLogAnchor) => Promise<Status>;

/**
 * Anchors the entries that no anchor covers yet; nothing to do without any. A refusal or a failure
 * leaves them pending for the next time.
 */
export async function anchorAccessLog(
  log: AnchoredAccessLog,
  submit: SubmitAnchor,
): Promise<AccessLogAnchor | undefined> {
  const anchor = log.pendingAnchor();
  if (anchor === undefined) return undefined;
  const status = await submit(anchor);
  if (!isOk(status)) return undefined;
  await log.noteAnchored(anchor.to);
  return anchor;
}

import { OK } from '@triflow/protocol';
import { internalCommand } from '../defineContract.js';
import { clearEpisode, openAlert } from './alertRecord.js';
import { episodes, ONLY_EPISODE } from './keys.js';
import { recordRuleSeverity } from './kinds.js';
import { recordRuleFor } from './rulesInForce.js';
import { internalSchemas } from './schema.js';

/** The contracts whose records raise alerts. None of them may be called from here. */
const callers = [
  'party-registry',
  'purchase-order',
  'receivable',
  'warehouse-receipt',
  'lien',
  'pledge-facility',
  'payment',
  'trace',
  'price-feed',
  'livestock',
  'custody-items',
] as const;

/**
 * Another contract's record shows what a rule forbids. While the episode of (kind, asset, episode)
 * is open nothing is added: raising is safe to repeat.
 */
export const raiseAlert = internalCommand({
  callers,
  params: internalSchemas.raise_alert,
  verify: () => OK,
  execute: (context, params) => {
    const { kind, asset, episode = ONLY_EPISODE, owner, refs } = params;
    const stored = context.get(episodes, asset, kind, episode);
    if (stored?.open === true) return OK;
    const count = (stored?.count ?? 0) + 1;
    const rule = recordRuleFor(context, asset, kind);
    const alert = openAlert(context, {
      kind,
      ...(rule === undefined ? {} : { rule, watcher: rule.setBy }),
      asset,
      episode: `${episode}.${count}`,
      severity: params.severity ?? rule?.severity ?? recordRuleSeverity[kind],
      owner,
      since: context.timeMs,
      ackWithinMs: rule?.ackWithinMs,
      resolveWithinMs: rule?.resolveWithinMs,
      ...(refs === undefined ? {} : { refs }),
    });
    context.put(episodes, [asset, kind, episode], { count, alert, open: true });
    return OK;
  },
});

/** The record no longer shows it: the episode ends, the alert is RESOLVED. No episode: nothing. */
export const clearAlert = internalCommand({
  callers,
  params: internalSchemas.clear_alert,
  verify: () => OK,
  execute: (context, { kind, asset, episode = ONLY_EPISODE }) => {
    const stored = context.get(episodes, asset, kind, episode);
    if (stored?.open !== true) return OK;
    context.put(episodes, [asset, kind, episode], { ...stored, open: false });
    clearEpisode(context, stored.alert, context.timeMs, true);
    return OK;
  },
});

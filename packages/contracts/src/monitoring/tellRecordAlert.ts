import {
  limits,
  OK,
  type PartyId,
  parametersTable,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import { episodes, ONLY_EPISODE } from './keys.js';
import type { RecordRuleKind, Severity } from './kinds.js';

/** What a contract's record shows: the rule's kind, the object, who has to answer for it. */
export interface RecordSign {
  readonly kind: RecordRuleKind;
  readonly asset: string;
  /** Tells several of one kind on one asset apart. */
  readonly episode?: string;
  readonly owner: PartyId;
  readonly severity?: Severity;
  /** Other objects or parties behind it; what passes the limit is left out. */
  readonly refs?: readonly string[];
}

/**
 * Raises the alert of a record's rule on an object (domain 3.10). While its episode lasts nothing
 * is added. A chain that does not run monitoring goes on without alerts.
 */
export function raiseRecordAlert(context: WriteContext, sign: RecordSign): Status {
  if (context.get(parametersTable, 'monitoring') === undefined) return OK;
  const { refs = [], ...rest } = sign;
  const kept = refs.slice(0, limits.alertRefsMax);
  return context.call('monitoring', 'raise_alert', { ...rest, refs: kept });
}

/** The record no longer shows it: ends the alert where one is open, else costs one read. */
export function clearRecordAlert(
  context: WriteContext,
  kind: RecordRuleKind,
  asset: string,
  episode = ONLY_EPISODE,
): Status {
  const isOpen = context.get(episodes, asset, kind, episode)?.open === true;
  return isOpen ? context.call('monitoring', 'clear_alert', { kind, asset, episode }) : OK;
}

/**
 * A circle of trade, or a search for one that came to its bounds: the worse answer, though less
 * grave than a circle that was found (R14).
 */
export function circleSign(
  answer: 'CIRCULAR_TRADE' | 'search_incomplete',
  on: Pick<RecordSign, 'asset' | 'owner'>,
): RecordSign {
  const kind = 'CIRCULAR_TRADE';
  return answer === kind ? { ...on, kind } : { ...on, kind, severity: 'warning' };
}

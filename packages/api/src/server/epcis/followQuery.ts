import { timeIndexText } from '@triflow/contracts/schemas';
import type { EventQuery } from '@triflow/epcis';
import type { EventView, KeyedEvent } from './eventView.js';
import { readEventPage } from './readEventPage.js';

/** Behind every event of a time. */
const BEHIND_KEYS = '~';

export interface FollowedPage {
  readonly events: readonly KeyedEvent[];
  /** Where the next page starts. */
  readonly position: string;
  /** Whether there is a next page already. */
  readonly more: boolean;
}

/** The position behind everything that was recorded at a time or before. */
export function positionBehind(timeMs: number): string {
  return `${timeIndexText(timeMs, 'up')}/${BEHIND_KEYS}`;
}

/** The position from which everything recorded at a time or later is read. */
export function positionFrom(timeMs: number): string {
  return timeIndexText(timeMs, 'up');
}

/** Events that a query asks for in the order of recording, from a position on. */
export async function followQuery(
  view: EventView,
  query: EventQuery,
  position: string,
  limit: number,
): Promise<FollowedPage> {
  const ordered: EventQuery = { ...query, orderBy: 'recordTime', ascending: true };
  const page = await readEventPage(view, ordered, { after: position, limit });
  return {
    events: page.events,
    position: page.next ?? page.last ?? position,
    more: page.next !== undefined,
  };
}

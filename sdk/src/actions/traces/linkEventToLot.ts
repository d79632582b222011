import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type TraceLinkEventToLotParameters = CommandParams<'trace', 'link_event_to_lot'>;

/** Adds an event to the story of a lot. Signer: a party to the lot, or its submitter. */
export const linkEventToLot = action('trace', 'link_event_to_lot');

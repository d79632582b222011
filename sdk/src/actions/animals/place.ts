import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LivestockPlaceParameters = CommandParams<'livestock', 'place'>;

/** The farm puts an animal into a pen, or moves it to another, before a vet, who signs after. */
export const place = action('livestock', 'place');

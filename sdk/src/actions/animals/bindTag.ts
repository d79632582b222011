import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LivestockBindTagParameters = CommandParams<'livestock', 'bind_tag'>;

/** The farm puts a tag on an animal before a vet, who signs after. */
export const bindTag = action('livestock', 'bind_tag');

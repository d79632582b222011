import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type PartyReinstateParameters = CommandParams<'party-registry', 'reinstate'>;

/** Lets a suspended party act again. Signer: GOVERNOR or REGULATOR. */
export const reinstate = action('party-registry', 'reinstate');

import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LienEnforceParameters = CommandParams<'lien', 'enforce'>;

/**
 * A lien has been enforced, on evidence (an agreement after default, a court's order). Retention
 * waits for the debtor's time to pay, at least 60 days unless agreed, but for perishables (453);
 * what secures a facility is enforced by the facility.
 */
export const enforce = action('lien', 'enforce');

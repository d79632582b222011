import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type LienReportExternalParameters = CommandParams<'lien', 'report_external'>;

/**
 * A lien that was made outside this ledger is recorded on evidence, even where it conflicts: such
 * conflicts are what `rank` resolves. Who only says so cannot burden another's goods: the register's
 * gateway, a court, a regulator report it.
 */
export const reportExternal = action('lien', 'report_external');

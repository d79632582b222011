import type { CommandParams } from '@triflow/contracts/schemas';
import { action } from '../action.js';

export type CustodyItemsOpenVaultParameters = CommandParams<'custody-items', 'open_vault'>;

/** An approver opens a vault; its first keeper and its auditor sign after. */
export const openVault = action('custody-items', 'open_vault');

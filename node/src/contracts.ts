import * as contracts from '@triflow/contracts';
import type { Contract } from '@triflow/protocol';
export const allContracts: readonly Contract[] = (contracts as { allContracts?: readonly Contract[] }).allContracts ?? [];

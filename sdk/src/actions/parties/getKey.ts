import { type PartyKey, partyKeyTable } from '@triflow/protocol';
import type { ClientCore } from '../../client/clientCore.js';
import { type ReadOptions, readRecordAt } from '../../client/readState.js';
import type { ReadResult } from '../../client/verified.js';

/** Reads a party's key, in force or not, or proves that there is none. */
export function getKey(
  core: ClientCore,
  key: { readonly party: string; readonly keyId: string },
  options?: ReadOptions,
): Promise<ReadResult<PartyKey>> {
  return readRecordAt(core, partyKeyTable, [key.party, key.keyId], options);
}

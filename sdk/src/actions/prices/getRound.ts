import { type RoundRecord, roundParts, rounds } from '@triflow/contracts/schemas';
import type { ClientCore } from '../../client/clientCore.js';
import { type ReadOptions, readRecordAt } from '../../client/readState.js';
import type { ReadResult } from '../../client/verified.js';

/** Reads one round of a feed, or proves that there was none. */
export function getRound(
  core: ClientCore,
  { feed, round }: { readonly feed: string; readonly round: number },
  options?: ReadOptions,
): Promise<ReadResult<RoundRecord>> {
  return readRecordAt(core, rounds, roundParts(feed, round), options);
}

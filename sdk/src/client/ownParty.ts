import type { PlacedEventAnswer } from '@triflow/api/routes';
import { isTriflowError, TriflowError } from '../errors/triflowError.js';
import type { ClientCore } from './clientCore.js';
import { proveRecord } from './proveRecord.js';

/** What a reader is told of things that are not its own. */
const NOT_ITS_OWN: ReadonlySet<string> = new Set([
  'AUTH_NOT_VISIBLE',
  'AUTH_REQUIRED',
  'REQUEST_INVALID',
]);

/** The party that a client acts for. `REQUEST_INVALID` where it has no account. */
export function ownParty(core: ClientCore): string {
  if (core.account !== undefined) return core.account.party;
  throw new TriflowError('REQUEST_INVALID', 'mine: this client has no account');
}

/** Whether a record or an event's data names a party, at any depth. */
export function namesParty(value: unknown, party: string): boolean {
  if (value === party) return true;
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return false;
  return Object.values(value).some((member) => namesParty(member, party));
}

/**
 * Whether an event concerns a party: it names it, or is about an object whose record names it at
 * the event's height. The record is proved; one that cannot be read by this client is not its own.
 */
export async function concernsParty(
  core: ClientCore,
  party: string,
  event: PlacedEventAnswer,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { subject, data, height: at } = event;
  if (subject === party || namesParty(data, party)) return true;
  const options = signal === undefined ? {} : { signal };
  try {
    const { json } = await proveRecord(core, subject, { ...options, at });
    return namesParty(json, party);
  } catch (error) {
    if (!isTriflowError(error)) throw error;
    if (NOT_ITS_OWN.has(error.code)) return false;
    // This node has not seen the block yet from which another told: ask again.
    if (error.code === 'BLOCK_NOT_FOUND') throw new TriflowError('NODE_SYNCING', error.message);
    if (error.code !== 'PROOF_PRUNED' && error.code !== 'CURSOR_PRUNED') throw error;
    return namesParty((await proveRecord(core, subject, options)).json, party);
  }
}

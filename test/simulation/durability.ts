import { isDeepStrictEqual } from 'node:util';
import { type ConsensusState, encodeSlot } from '@triflow/consensus';
import { replayLog } from '@triflow/node';
import { decodeCanonical, hashFromBytes } from '@triflow/protocol';
import { type MemoryFileSystem, openConsensusLog } from '@triflow/storage';

/** I6, P3: whether the slot of these signed bytes outlives a crash that takes all it may. */
export function isSlotDurable(fs: MemoryFileSystem, dir: string, bytes: Uint8Array): boolean {
  const log = fs.durable(`${dir}/consensus.log`);
  const slot = slotRecord(bytes);
  if (log === undefined || slot === undefined) return false;
  return Buffer.from(log).includes(Buffer.from(slot));
}

/** I7: whether a log leads to the state in which its node has ended. */
export async function leadsTo(
  fs: MemoryFileSystem,
  dir: string,
  live: ConsensusState,
): Promise<boolean> {
  const place = { fs: fs.clone(), dir, height: live.base.height };
  const { records, damage } = await openConsensusLog(place);
  const { state } = replayLog(records, (logged) => ({ ...live.base, ...logged }));
  return damage === undefined && isDeepStrictEqual(state, live);
}

/** What the log holds of the slot of these signed bytes. */
function slotRecord(bytes: Uint8Array): Uint8Array | undefined {
  const decoded = decodeCanonical(bytes);
  if (!decoded.ok || !Array.isArray(decoded.value)) return undefined;
  const [domain, , , height, round, value, validRound = -1] = decoded.value as unknown[];
  const type = (['proposal', 'prevote', 'precommit'] as const).find((one) => {
    return domain === `triflow/${one}/1`;
  });
  if (type === undefined) return undefined;
  const valueId = value instanceof Uint8Array ? (hashFromBytes(value) ?? null) : null;
  const place = { height: Number(height), round: Number(round), validRound: Number(validRound) };
  return encodeSlot({ type, valueId, ...place });
}

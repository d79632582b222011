import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CodedError, limits } from '@triflow/protocol';
import { z } from 'zod';

const FILE = 'bans.json';
const banSchema = z.strictObject({
  peerId: z.string().min(1).max(limits.nameTextMax),
  since: z.string().max(limits.nameTextMax),
  note: z.string().max(limits.nameTextMax),
});
const fileSchema = z.strictObject({
  format: z.literal('triflow/bans/1'),
  bans: z.array(banSchema).max(limits.bannedPeersMax),
});

export type Ban = z.infer<typeof banSchema>;

/** Peers that this node's operator does not let in; no vote, and no other node's business. */
export interface BanList {
  has(peerId: string): boolean;
  list(): readonly Ban[];
  /** Puts a peer on it, or changes its note. REQUEST_INVALID when it is full. */
  add(ban: Ban): Promise<void>;
  /** OBJECT_NOT_FOUND for a peer that is not on it. */
  remove(peerId: string): Promise<void>;
}

/** Opens a home's list; without a home it lasts as long as the node. CONFIG_INVALID. */
export async function openBanList(home: string): Promise<BanList> {
  const file = home === '' ? undefined : join(home, FILE);
  const bans = new Map<string, Ban>();
  if (file !== undefined) for (const ban of await readBans(file)) bans.set(ban.peerId, ban);
  const keep = async (): Promise<void> => {
    if (file === undefined) return;
    const document = { format: 'triflow/bans/1', bans: [...bans.values()] };
    await writeFile(`${file}.new`, `${JSON.stringify(document, null, 2)}\n`, { mode: 0o600 });
    await rename(`${file}.new`, file);
  };
  return {
    has: (peerId) => bans.has(peerId),
    list: () => [...bans.values()],
    add: async (ban) => {
      if (bans.size >= limits.bannedPeersMax && !bans.has(ban.peerId)) {
        const message = `at most ${limits.bannedPeersMax} peers may be banned`;
        throw new CodedError('REQUEST_INVALID', message);
      }
      bans.set(ban.peerId, ban);
      await keep();
    },
    remove: async (peerId) => {
      if (!bans.delete(peerId)) throw new CodedError('OBJECT_NOT_FOUND', `${peerId} is not banned`);
      await keep();
    },
  };
}

async function readBans(file: string): Promise<readonly Ban[]> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (cause) {
    if (systemCode(cause) === 'ENOENT') return [];
    throw new CodedError('CONFIG_INVALID', `${file} cannot be read`, { cause });
  }
  try {
    return fileSchema.parse(JSON.parse(text)).bans;
  } catch (cause) {
    throw new CodedError('CONFIG_INVALID', `${file} is damaged: mend it or delete it`, { cause });
  }
}

function systemCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

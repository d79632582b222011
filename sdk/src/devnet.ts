import { readFile } from 'node:fs/promises';
import { demoSeed } from '@triflow/crypto';
import { z } from 'zod';
import { type Account, accountFromSeed } from './accounts/account.js';
import { createClient } from './createClient.js';
import { TriflowError } from './errors/triflowError.js';
import { http } from './transports/http.js';

const DEMO_KEYSTORE = 'demo:';
const DEMO_KEY_ID = 'k1';

const descriptionSchema = z.object({
  version: z.literal(1),
  chainId: z.string(),
  genesisHash: z.string(),
  nodes: z.array(z.object({ http: z.string() })).min(1),
  parties: z.array(
    z.object({ id: z.string(), alias: z.string(), name: z.string(), keystore: z.string() }),
  ),
});

/** A demo party with a client of its own. */
export interface DevnetParty {
  readonly alias: string;
  readonly id: Account['party'];
  readonly name: string;
  readonly client: ReturnType<typeof createClient>;
}

/** What a devnet's description file says, opened. */
export interface OpenedDevnet {
  readonly chainId: string;
  readonly genesisHash: string;
  readonly urls: readonly string[];
  readonly parties: ReadonlyMap<string, DevnetParty>;
}

/**
 * Opens a devnet by its `devnet.json`: every demo party gets a client that verifies everything
 * against the genesis hash named there and fails over to all nodes. Nothing is connected yet.
 * Throws `REQUEST_INVALID` when the file is not such a description.
 */
export async function openDevnet(
  path: string,
  options: { readonly timeoutMs?: number } = {},
): Promise<OpenedDevnet> {
  const { chainId, genesisHash, nodes, parties } = await readDescription(path);
  const urls = nodes.map((node) => node.http);
  const opened = new Map<string, DevnetParty>();
  for (const [index, { alias, id, name, keystore }] of parties.entries()) {
    if (!keystore.startsWith(DEMO_KEYSTORE)) continue;
    const seed = demoSeed(keystore.slice(DEMO_KEYSTORE.length));
    const account = accountFromSeed({ party: id, keyId: DEMO_KEY_ID, seed });
    const own = index % urls.length;
    const transport = http([...urls.slice(own), ...urls.slice(0, own)]);
    const client = createClient({ transport, trust: { genesisHash }, account, ...options });
    opened.set(alias, { alias, id: account.party, name, client });
  }
  return { chainId, genesisHash, urls, parties: opened };
}

/** A client that acts as a demo party of a devnet, by its alias. */
export async function fromDevnet(
  path: string,
  options: { readonly as: string; readonly timeoutMs?: number },
): Promise<ReturnType<typeof createClient>> {
  const { as, ...rest } = options;
  const { parties } = await openDevnet(path, rest);
  const party = parties.get(as);
  if (party !== undefined) return party.client;
  const known = [...parties.keys()].join(', ');
  throw new TriflowError('REQUEST_INVALID', `there is no demo party ${as}: ${known}`);
}

async function readDescription(path: string): Promise<z.infer<typeof descriptionSchema>> {
  let document: unknown;
  try {
    document = JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new TriflowError('REQUEST_INVALID', `${path} cannot be read: is the devnet up?`, {
      cause,
    });
  }
  const parsed = descriptionSchema.safeParse(document);
  if (parsed.success) return parsed.data;
  throw new TriflowError('REQUEST_INVALID', `${path} is not the description of a devnet`);
}

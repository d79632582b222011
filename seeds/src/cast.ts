import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type Account, accountFromSeed, type Client, createClient, http } from '@triflow/sdk';
import { present, ScenarioError } from './scenarioError.js';

/** Demo keys are published: their seed is the hash of this text and the label. */
const DEMO_TEXT = 'triflow devnet demo key, public, worthless: ';
const DEMO_KEYSTORE = 'demo:';
const DEMO_KEY_ID = 'k1';
const CALL_TIMEOUT_MS = 30_000;

/** A party of the devnet with what it signs and reads with. */
export interface Actor {
  readonly alias: string;
  readonly id: Account['party'];
  readonly name: string;
  readonly client: Client;
}

/** The parties of one devnet. */
export interface Cast {
  readonly genesisHash: string;
  readonly actor: (alias: string) => Actor;
  readonly client: (alias: string) => Client;
}

/** What this program needs of `devnet.json`. */
interface Description {
  readonly genesisHash: string;
  readonly urls: readonly string[];
  readonly parties: readonly Party[];
}

interface Party {
  readonly id: string;
  readonly alias: string;
  readonly name: string;
  readonly keystore: string;
}

/**
 * The cast of a devnet, from its `devnet.json`. Every party gets a client of its own that verifies
 * everything against the genesis hash named there and fails over to all nodes. Nothing is opened.
 */
export async function openCast(path: string): Promise<Cast> {
  const { genesisHash, urls, parties } = await readDescription(path);
  const actors = new Map<string, Actor>();
  for (const [index, { alias, id, name, keystore }] of parties.entries()) {
    if (!keystore.startsWith(DEMO_KEYSTORE)) continue;
    const seed = seedOfLabel(keystore.slice(DEMO_KEYSTORE.length));
    const account = accountFromSeed({ party: id, keyId: DEMO_KEY_ID, seed });
    const own = index % urls.length;
    const client = createClient({
      transport: http([...urls.slice(own), ...urls.slice(0, own)]),
      trust: { genesisHash },
      account,
      timeoutMs: CALL_TIMEOUT_MS,
    });
    actors.set(alias, { alias, id: account.party, name, client });
  }
  const actor = (alias: string): Actor => {
    return present(`the party ${alias} in ${path}`, actors.get(alias));
  };
  return { genesisHash, actor, client: (alias) => actor(alias).client };
}

async function readDescription(path: string): Promise<Description> {
  let document: unknown;
  try {
    document = JSON.parse(await readFile(path, 'utf8'));
  } catch {
    throw new ScenarioError('SCENARIO_WITHOUT_DEVNET', `${path} cannot be read: is the devnet up?`);
  }
  const description = descriptionOf(document);
  if (description !== undefined) return description;
  throw new ScenarioError('SCENARIO_WITHOUT_DEVNET', `${path} is not the description of a devnet`);
}

function descriptionOf(document: unknown): Description | undefined {
  if (!isObject(document)) return undefined;
  const { genesisHash, nodes, parties } = document;
  if (typeof genesisHash !== 'string' || !Array.isArray(nodes) || !Array.isArray(parties)) {
    return undefined;
  }
  const urls = nodes.flatMap((node: unknown) => {
    return isObject(node) && typeof node.http === 'string' ? [node.http] : [];
  });
  const known = parties.filter((party: unknown) => isParty(party));
  if (urls.length === 0 || known.length !== parties.length) return undefined;
  return { genesisHash, urls, parties: known };
}

function isParty(value: unknown): value is Party {
  if (!isObject(value)) return false;
  return [value.id, value.alias, value.name, value.keystore].every((one) => {
    return typeof one === 'string';
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function seedOfLabel(label: string): Uint8Array {
  return createHash('sha256').update(`${DEMO_TEXT}${label}`).digest();
}

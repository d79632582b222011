import { signal } from '@preact/signals';
import { type Client, createClient, http } from '@triflow/sdk';
import { authorization, getJson } from './nodeApi.js';
import { kept, save } from './settings.js';

/** What this browser holds for the chain's beginning, and how it came to hold it. */
export interface TrustedStart {
  readonly chainId: string;
  readonly genesisHash: string;
  /** `typed`: compared by a person; `first-visit`: taken from this node the first time. */
  readonly origin: 'typed' | 'first-visit';
  readonly since: string;
}

export interface NodeInfo {
  readonly software: { readonly name: string; readonly version: string };
  readonly chainId: string;
  readonly genesisHash: string;
  readonly devnet: boolean;
  readonly nodeId: string;
  readonly role: string;
  readonly height: number;
  readonly headTime: string;
  readonly stateFrom: number;
  readonly proofsFrom: number;
  readonly parameters: Readonly<Record<string, number>>;
  readonly features: readonly string[];
  readonly contracts: readonly { readonly name: string; readonly version: number }[];
}

const KEY = 'triflow.trust.';

export const trusted = signal<TrustedStart | undefined>(undefined);
export const nodeInfo = signal<NodeInfo | undefined>(undefined);

let made: { readonly client: Client; readonly genesisHash: string } | undefined;

/**
 * Reads what the node says of itself and what this browser trusts. A node of another genesis than
 * the one kept for its chain is not trusted by itself: every check then fails, as it must.
 */
export async function readNodeInfo(): Promise<NodeInfo> {
  const info = await getJson<NodeInfo>('/v1/info');
  nodeInfo.value = info;
  trusted.value ??= loadTrust(info.chainId) ?? trustStart(info, info.genesisHash, 'first-visit');
  return info;
}

/** Takes a genesis hash as the start of trust; it is kept in this browser. */
export function trustStart(
  { chainId }: Pick<NodeInfo, 'chainId'>,
  genesisHash: string,
  origin: TrustedStart['origin'],
): TrustedStart {
  const start = { chainId, genesisHash, origin, since: new Date().toISOString() };
  save(KEY + chainId, JSON.stringify(start));
  trusted.value = start;
  return start;
}

/** A client that believes the trusted start alone. */
export async function chainClient(): Promise<Client> {
  if (trusted.value === undefined) await readNodeInfo();
  const genesisHash = trusted.value?.genesisHash ?? '';
  if (made?.genesisHash === genesisHash) return made.client;
  const transport = http(location.origin, { fetch: fetchWithToken });
  const client = createClient({ transport, trust: { genesisHash: digestOf(genesisHash) } });
  made = { client, genesisHash };
  return client;
}

/** The hexadecimal digits of a digest, with or without `sha256:` before them. */
export function digestOf(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/^sha256:/, '');
}

const fetchWithToken: typeof fetch = (input, init) => {
  return fetch(input, { ...init, headers: { ...headersOf(init), ...authorization() } });
};

function headersOf(init: RequestInit | undefined): Record<string, string> {
  return Object.fromEntries(new Headers(init?.headers).entries());
}

function loadTrust(chainId: string): TrustedStart | undefined {
  const text = kept(KEY + chainId);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    const fits = typeof value === 'object' && value !== null && 'genesisHash' in value;
    return fits ? (value as TrustedStart) : undefined;
  } catch {
    return undefined;
  }
}

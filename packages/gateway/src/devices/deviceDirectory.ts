import { readFile, rename, writeFile } from 'node:fs/promises';
import { bytesFromHexText, hexFromBytes, limits } from '@triflow/protocol';
import type { Client } from '@triflow/sdk';
import { z } from 'zod';

/** How long what the chain said is believed, and how long a "no such device". */
const FRESH_MS = 30_000;
const ABSENT_MS = 5_000;
/** A key or binding that is not known is asked for again, but not at every forged message. */
const RECENT_MS = 5_000;
/** While no node answers, how long until one is tried again: a try takes its time. */
const AWAY_MS = 5_000;

const knownSchema = z.strictObject({
  id: z.string(),
  party: z.string(),
  bound: z.boolean(),
  gateway: z.string().optional(),
  kinds: z.array(z.string()),
  maxClockSkewMs: z.number(),
  lastSeq: z.number(),
  keys: z.array(z.strictObject({ keyId: z.string(), suite: z.string(), publicKey: z.string() })),
});

const gapSchema = z.object({ fromSeq: z.number(), toSeq: z.number() });
const spanSchema = gapSchema.extend({ gaps: z.array(gapSchema) });
const coverageSchema = z.object({ batch: spanSchema }).nullable();

/** What the chain says of a device and its keys in force. */
export type KnownDevice = z.infer<typeof knownSchema>;

/** What the directory asks of a client. */
export type DeviceReader = Pick<Client, 'devices' | 'parties' | 'query'>;

/** The devices that a gateway deals with. What it has learnt outlives a restart without a chain. */
export interface DeviceDirectory {
  /**
   * A device as the chain has it; undefined when there is none. While no node can be asked the
   * last answer stands; without one the error of the client is thrown.
   */
  find(device: string): Promise<KnownDevice | undefined>;
  /** As the chain had it a moment ago; throws the client's error while no node can be asked. */
  findNow(device: string): Promise<KnownDevice | undefined>;
  /** Asks the chain whatever was known. */
  refresh(device: string): Promise<KnownDevice | undefined>;
  /** The numbers of the batch that a number is in; undefined when it is in none, or in a gap. */
  coverage(device: string, seq: number): Promise<z.infer<typeof spanSchema> | undefined>;
}

interface Cached {
  readonly device: KnownDevice | undefined;
  readonly askedAt: number;
}

/** Opens the directory; `path` is the file in which it is kept. */
export async function openDirectory(
  client: DeviceReader,
  path: string,
  now: () => number,
): Promise<DeviceDirectory> {
  const cache = new Map<string, Cached>();
  for (const device of await readKept(path)) cache.set(device.id, { device, askedAt: 0 });
  const asking = new Map<string, Promise<KnownDevice | undefined>>();
  const keep = createKeeper(path, cache);

  const ask = async (id: string): Promise<KnownDevice | undefined> => {
    const device = await readDevice(client, id);
    const before = cache.get(id)?.device;
    cache.delete(id);
    if (cache.size >= limits.gatewayDevicesKnownMax) {
      const [oldest] = cache.keys();
      if (oldest !== undefined) cache.delete(oldest);
    }
    cache.set(id, { device, askedAt: now() });
    if (device !== undefined && !isSameAtTheDoor(before, device)) await keep();
    return device;
  };
  let away: { readonly error: unknown; retryAt: number } | undefined;
  const askAndNote = async (id: string): Promise<KnownDevice | undefined> => {
    try {
      const device = await ask(id);
      away = undefined;
      return device;
    } catch (error) {
      away = { error, retryAt: now() + AWAY_MS };
      throw error;
    }
  };
  const askOnce = (id: string): Promise<KnownDevice | undefined> => {
    const running = asking.get(id);
    if (running !== undefined) return running;
    const started = askAndNote(id).finally(() => asking.delete(id));
    asking.set(id, started);
    return started;
  };
  /** Asks unless nobody answered a moment ago. */
  const askUnlessAway = async (id: string): Promise<KnownDevice | undefined> => {
    if (away !== undefined && now() < away.retryAt) throw away.error;
    return askOnce(id);
  };
  /** Sees beside the work whether somebody answers again. */
  const probe = (id: string): void => {
    if (away === undefined || now() < away.retryAt) return;
    away.retryAt = Number.POSITIVE_INFINITY;
    askOnce(id).catch(() => undefined);
  };
  return {
    async find(id) {
      const known = cache.get(id);
      const lifeMs = known?.device === undefined ? ABSENT_MS : FRESH_MS;
      if (known !== undefined && now() - known.askedAt < lifeMs) return known.device;
      if (known?.device === undefined) return askUnlessAway(id);
      if (away !== undefined) {
        probe(id);
        return known.device;
      }
      return askOnce(id).catch(() => known.device);
    },
    async findNow(id) {
      const known = cache.get(id);
      if (known !== undefined && now() - known.askedAt < RECENT_MS) return known.device;
      return askUnlessAway(id);
    },
    refresh: askOnce,
    async coverage(device, seq) {
      const { data } = await client.query('monitoring.readingProof', { device, seq });
      return coverageSchema.parse(data)?.batch;
    },
  };
}

async function readDevice(client: DeviceReader, id: string): Promise<KnownDevice | undefined> {
  const { data, height } = await client.devices.get(id);
  if (data === null) return undefined;
  const party = await client.parties.get(data.party);
  const keys: KnownDevice['keys'] = [];
  for (const keyId of party.data?.keyIds ?? []) {
    const { data: key } = await client.parties.getKey({ party: data.party, keyId });
    if (key === null || key.fromHeight > height + 1) continue;
    if (key.toHeight !== undefined && key.toHeight <= height) continue;
    keys.push({ keyId, suite: key.suite, publicKey: hexFromBytes(key.publicKey) });
  }
  return {
    id,
    party: data.party,
    bound: data.boundTo !== undefined,
    ...(data.gateway === undefined ? {} : { gateway: data.gateway }),
    kinds: data.kinds.map(({ kind }) => kind),
    maxClockSkewMs: data.maxClockSkewMs,
    lastSeq: data.lastSeq,
    keys,
  };
}

/** Whether all that a message is judged by is as it was kept. */
function isSameAtTheDoor(kept: KnownDevice | undefined, device: KnownDevice): boolean {
  if (kept === undefined) return false;
  const door = ({ lastSeq: _, ...rest }: KnownDevice): string => JSON.stringify(rest);
  return door(kept) === door(device);
}

/** The bytes of a known key. */
export function keyBytes(key: KnownDevice['keys'][number]): Uint8Array {
  return bytesFromHexText(key.publicKey) ?? new Uint8Array();
}

/** What was kept; a damaged file is as none, because the chain knows better. */
async function readKept(path: string): Promise<readonly KnownDevice[]> {
  try {
    const kept: unknown = JSON.parse(await readFile(path, 'utf8'));
    const parsed = z.array(knownSchema).safeParse(kept);
    return parsed.success ? parsed.data : [];
  } catch {
    return [];
  }
}

/** Writes what is known to disk, one write after the other; those that ask meanwhile share one. */
function createKeeper(path: string, cache: ReadonlyMap<string, Cached>): () => Promise<void> {
  let writing: Promise<void> = Promise.resolve();
  let next: Promise<void> | undefined;
  const write = async (): Promise<void> => {
    next = undefined;
    const known = [...cache.values()].flatMap(({ device }) => device ?? []);
    await writeFile(`${path}.new`, JSON.stringify(known));
    await rename(`${path}.new`, path);
  };
  return () => {
    next ??= writing.then(write);
    writing = next.catch(() => undefined);
    return next;
  };
}

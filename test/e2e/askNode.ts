import { z } from 'zod';
import { forgetReaders, readerHeaders } from './readerToken.js';

export const TX_MEDIA_TYPE = 'application/vnd.triflow.tx';
const LIMIT_MS = 30_000;
/** What a node may take beyond the time that it was asked to wait. */
const SLACK_MS = 10_000;

/** An answer as it came, with its body read as JSON where it is that. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly mediaType: string;
  readonly body: unknown;
}

/** Asks a node over plain HTTP, past the SDK; what is read, as the regulator. */
export async function askNode(url: string, init: RequestInit = {}): Promise<RawAnswer> {
  const first = await ask(url, init);
  if (first.status !== 401) return first;
  forgetReaders(url);
  return ask(url, init);
}

async function ask(url: string, init: RequestInit): Promise<RawAnswer> {
  const isRead = (init.method ?? 'GET') === 'GET' && url.includes('/v1/');
  const reader = isRead && !url.endsWith('/v1/info') ? await readerHeaders(url) : {};
  const sent = { ...reader, ...(init.headers as Record<string, string> | undefined) };
  const signal = AbortSignal.timeout(LIMIT_MS);
  const response = await fetch(url, { signal, ...init, headers: sent });
  const text = await response.text();
  const mediaType = (response.headers.get('content-type') ?? '').split(';')[0] ?? '';
  const { status, headers } = response;
  return { status, headers, mediaType, body: isJson(mediaType) ? JSON.parse(text) : text };
}

/** Sends signed bytes to a node, waiting so many seconds for the outcome. */
export function postTransaction(
  url: string,
  bytes: Uint8Array,
  wait = 0,
  signal = AbortSignal.timeout(wait * 1_000 + SLACK_MS),
): Promise<RawAnswer> {
  return askNode(`${url}/v1/transactions?wait=${wait}`, {
    method: 'POST',
    signal,
    headers: { 'content-type': TX_MEDIA_TYPE },
    body: new Uint8Array(bytes),
  });
}

const infoSchema = z.object({ height: z.number(), chainId: z.string(), genesisHash: z.string() });

/** The head that a node tells of; undefined when it does not answer. */
export async function headOf(url: string): Promise<number | undefined> {
  try {
    const { body } = await askNode(`${url}/v1/info`, { signal: AbortSignal.timeout(2_000) });
    return infoSchema.parse(body).height;
  } catch {
    return undefined;
  }
}

const blockSchema = z.object({
  height: z.number(),
  id: z.string(),
  header: z.object({ stateRoot: z.string(), parentHash: z.string(), builder: z.string() }),
  certificate: z.object({ round: z.number(), entries: z.array(z.unknown()) }),
  transactions: z.array(z.object({ txId: z.string(), status: z.object({ code: z.string() }) })),
  evidence: z.array(z.string()),
  page: z.object({ next: z.number().nullable(), total: z.number() }),
});

export type BlockSeen = z.infer<typeof blockSchema>;

/** A block as a node shows it. */
export async function blockOf(url: string, height: number | 'latest'): Promise<BlockSeen> {
  const { status, body } = await askNode(`${url}/v1/blocks/${height}?limit=500`);
  if (status !== 200) throw new Error(`block ${height}: ${status} ${JSON.stringify(body)}`);
  return blockSchema.parse(body);
}

/** All blocks up to a height, by default from the first one on. */
export async function blocksTo(url: string, height: number, from = 1): Promise<BlockSeen[]> {
  const blocks: BlockSeen[] = [];
  for (let at = from; at <= height; at += 1) blocks.push(await blockOf(url, at));
  return blocks;
}

function isJson(mediaType: string): boolean {
  return mediaType === 'application/json' || mediaType.endsWith('+json');
}

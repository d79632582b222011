import { z } from 'zod';

const TIMEOUT_MS = 2_000;

const infoSchema = z.object({ height: z.number().int() });
const blockSchema = z.object({
  height: z.number().int(),
  id: z.string(),
  header: z.object({ stateRoot: z.string() }),
  certificate: z.object({ entries: z.array(z.unknown()) }),
});

const readinessSchema = z.object({
  ready: z.boolean(),
  checks: z.record(z.string(), z.object({ ok: z.boolean(), reason: z.string().optional() })),
});

/** A block as a node tells of it. */
export interface BlockFacts {
  readonly height: number;
  readonly blockHash: string;
  readonly stateRoot: string;
  readonly signers: number;
}

/** The height a node says it is at; undefined when it does not answer. */
export async function readHeight(url: string): Promise<number | undefined> {
  const parsed = infoSchema.safeParse(await readJson(`${url}/v1/info`));
  return parsed.success ? parsed.data.height : undefined;
}

/** A node's block at a height; undefined when it has none or does not answer. */
export async function readBlock(url: string, height: number): Promise<BlockFacts | undefined> {
  const parsed = blockSchema.safeParse(await readJson(`${url}/v1/blocks/${height}?limit=1`));
  if (!parsed.success) return undefined;
  const { id, header, certificate } = parsed.data;
  const signers = certificate.entries.length;
  return { height: parsed.data.height, blockHash: id, stateRoot: header.stateRoot, signers };
}

/** Why a node is not ready, by its operations address; undefined when it is. */
export async function readStall(ops: string): Promise<string | undefined> {
  const parsed = readinessSchema.safeParse(await readJson(`${ops}/readyz`));
  if (!parsed.success) return 'does not answer';
  const failing = Object.entries(parsed.data.checks).filter(([, check]) => !check.ok);
  if (parsed.data.ready && failing.length === 0) return undefined;
  return failing.map(([name, { reason = '' }]) => `${name}: ${reason}`).join('; ');
}

/** Whether an address answers with a page for people. */
export async function servesPage(url: string): Promise<boolean> {
  try {
    const headers = { accept: 'text/html' };
    const answer = await fetch(url, { headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    await answer.body?.cancel();
    return answer.ok && (answer.headers.get('content-type') ?? '').startsWith('text/html');
  } catch {
    return false;
  }
}

async function readJson(url: string): Promise<unknown> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return await answer.json();
  } catch {
    return undefined;
  }
}

import { z } from 'zod';

/** The demo party REGULATOR, whose eyes see everything (domain section 6). */
const REGULATOR = 'uscc:11100000TRFW001296';
const LIMIT_MS = 5_000;

const sessionSchema = z.object({ token: z.string() });
const tokens = new Map<string, string>();

/** The header of a devnet's session, as the regulator; none where the node does not answer. */
export async function readerHeaders(
  url: string,
  party: string = REGULATOR,
): Promise<Record<string, string>> {
  const { origin } = new URL(url);
  const name = `${origin} ${party}`;
  const token = tokens.get(name) ?? (await logIn(origin, party));
  if (token === undefined) return {};
  tokens.set(name, token);
  return { authorization: `Bearer ${token}` };
}

/** A node forgets its sessions when it starts again. */
export function forgetReaders(url: string): void {
  const { origin } = new URL(url);
  for (const name of tokens.keys()) if (name.startsWith(`${origin} `)) tokens.delete(name);
}

async function logIn(origin: string, party: string): Promise<string | undefined> {
  try {
    const answer = await fetch(`${origin}/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ party }),
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    return sessionSchema.parse(await answer.json()).token;
  } catch {
    return undefined;
  }
}

import { randomBytes } from 'node:crypto';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { digestOfToken, type ReadToken } from '@triflow/api';
import { readScopes } from '@triflow/api/routes';
import { CodedError, isPartyId, limits, type PartyId } from '@triflow/protocol';
import { z } from 'zod';

const FILE = 'tokens.json';
const PREFIX = 'tk_';

const tokenSchema = z.strictObject({
  id: z.string().regex(/^[0-9a-f]{12}$/),
  /** SHA-256 of the token: the file opens nothing. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  party: z.custom<PartyId>((value) => typeof value === 'string' && isPartyId(value)),
  scopes: z.array(z.enum(readScopes)).min(1),
  note: z.string().max(limits.noteTextMax),
  createdAt: z.string(),
  expiresAt: z.string(),
});

const fileSchema = z.strictObject({
  version: z.literal(1),
  tokens: z.array(tokenSchema).max(limits.readTokensMax),
});

export type StoredToken = z.infer<typeof tokenSchema>;

/** The read tokens that an operator made for parties, in a node's home (mode 0600). */
export class TokenFile {
  readonly #path: string;
  #known: { readonly mtimeMs: number; readonly tokens: readonly StoredToken[] } | undefined;

  constructor(home: string) {
    this.#path = join(home, FILE);
  }

  /** Read again when the file has changed, so that a revoked token ends at once. */
  async list(): Promise<readonly StoredToken[]> {
    const found = await stat(this.#path).catch(() => undefined);
    if (found === undefined) return [];
    if (this.#known?.mtimeMs === found.mtimeMs) return this.#known.tokens;
    const parsed = fileSchema.safeParse(JSON.parse(await readFile(this.#path, 'utf8')));
    if (!parsed.success) throw new CodedError('CONFIG_INVALID', `${this.#path} is damaged`);
    this.#known = { mtimeMs: found.mtimeMs, tokens: parsed.data.tokens };
    return parsed.data.tokens;
  }

  /** Makes a token; its text is told here and never again. */
  async create(wanted: {
    readonly party: PartyId;
    readonly scopes: StoredToken['scopes'];
    readonly note: string;
    readonly nowMs: number;
    readonly lifeMs: number;
  }): Promise<{ readonly token: string; readonly stored: StoredToken }> {
    const { party, scopes, note, nowMs, lifeMs } = wanted;
    const tokens = await this.list();
    if (tokens.length >= limits.readTokensMax) {
      throw new CodedError('CONFIG_INVALID', `there are ${tokens.length} tokens: revoke some`);
    }
    const token = PREFIX + randomBytes(32).toString('base64url');
    const stored: StoredToken = {
      id: randomBytes(6).toString('hex'),
      sha256: digestOfToken(token),
      party,
      scopes,
      note,
      createdAt: new Date(nowMs).toISOString(),
      expiresAt: new Date(nowMs + lifeMs).toISOString(),
    };
    await this.#save([...tokens, stored]);
    return { token, stored };
  }

  /** Throws OBJECT_NOT_FOUND when there is no such token. */
  async revoke(id: string): Promise<void> {
    const tokens = await this.list();
    const left = tokens.filter((one) => one.id !== id);
    if (left.length === tokens.length) {
      throw new CodedError('OBJECT_NOT_FOUND', `there is no token ${id}`);
    }
    await this.#save(left);
  }

  async find(sha256: string, nowMs: number): Promise<ReadToken | undefined> {
    const found = (await this.list()).find((one) => one.sha256 === sha256);
    if (found === undefined || Date.parse(found.expiresAt) <= nowMs) return undefined;
    return { party: found.party, scopes: found.scopes };
  }

  /** Whole or not at all: written beside and moved. */
  async #save(tokens: readonly StoredToken[]): Promise<void> {
    const beside = `${this.#path}.new`;
    await writeFile(beside, `${JSON.stringify({ version: 1, tokens }, null, 2)}\n`, {
      mode: 0o600,
    });
    await rename(beside, this.#path);
    this.#known = undefined;
  }
}

import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  CodedError,
  concatBytes,
  limits,
  loginSignBytes,
  type PartyId,
  type TimeMs,
} from '@triflow/protocol';
import { base64Url } from '../plainJson.js';
import type { AccessPorts } from './accessPorts.js';

const RANDOM_BYTES = 16;
const MAC_BYTES = 16;
const SESSION_PREFIX = 'ts_';

export interface LoginChallenge {
  readonly nonce: Uint8Array;
  readonly expiresMs: TimeMs;
}

export interface Session {
  readonly party: PartyId;
  readonly expiresMs: TimeMs;
}

export interface SignedLogin {
  readonly party: PartyId;
  readonly keyId: string;
  readonly nonce: Uint8Array;
  readonly expiresMs: TimeMs;
  readonly signature: Uint8Array;
}

export interface NodeNames {
  readonly chainId: string;
  readonly nodeId: string;
}

/**
 * Logins by signed challenge (experience section 4, Access). A challenge is not remembered: its
 * nonce carries a code of this process over time and chance, and one that was used is refused
 * until it would have run out. Tokens are kept as digests, in memory, for an hour.
 */
export class Sessions {
  readonly #ports: AccessPorts;
  readonly #secret = randomBytes(32);
  readonly #used = new Map<string, TimeMs>();
  readonly #sessions = new Map<string, Session>();

  constructor(ports: AccessPorts) {
    this.#ports = ports;
  }

  challenge(): LoginChallenge {
    const expiresMs = this.#ports.nowMs() + limits.loginChallengeMs;
    const random = new Uint8Array(randomBytes(RANDOM_BYTES));
    return { nonce: concatBytes(random, this.#mac(random, expiresMs)), expiresMs };
  }

  /** A bearer token for a signed challenge. Throws AUTH_LOGIN_FAILED. */
  async login(names: NodeNames, login: SignedLogin): Promise<Session & { readonly token: string }> {
    const { party, keyId, nonce, expiresMs, signature } = login;
    if (!this.#isOurs(nonce, expiresMs)) throw failed('the challenge is not one of this node');
    if (expiresMs <= this.#ports.nowMs()) throw failed('the challenge has run out');
    const message = loginSignBytes({ ...names, nonce, expiresMs });
    const verified = await this.#ports.verifyLogin({ party, keyId, message, signature });
    if (!verified) throw failed('no key in force of an active party signed the challenge');
    const name = base64Url(nonce);
    if (this.#used.has(name)) throw failed('the challenge was used');
    this.#sweep();
    this.#used.set(name, expiresMs);
    return this.open(party);
  }

  /** A session without a challenge; only a devnet's choice of demo parties comes here. */
  open(party: PartyId): Session & { readonly token: string } {
    const token = SESSION_PREFIX + base64Url(new Uint8Array(randomBytes(32)));
    const session = { party, expiresMs: this.#ports.nowMs() + limits.sessionMs };
    this.#sweep();
    if (this.#sessions.size >= limits.sessionsMax) {
      const oldest = this.#sessions.keys().next().value;
      if (oldest !== undefined) this.#sessions.delete(oldest);
    }
    this.#sessions.set(digestOfToken(token), session);
    return { ...session, token };
  }

  find(token: string): Session | undefined {
    const session = this.#sessions.get(digestOfToken(token));
    return session === undefined || session.expiresMs <= this.#ports.nowMs() ? undefined : session;
  }

  close(token: string): void {
    this.#sessions.delete(digestOfToken(token));
  }

  #isOurs(nonce: Uint8Array, expiresMs: TimeMs): boolean {
    if (nonce.length !== RANDOM_BYTES + MAC_BYTES) return false;
    const mac = this.#mac(nonce.subarray(0, RANDOM_BYTES), expiresMs);
    return timingSafeEqual(mac, nonce.subarray(RANDOM_BYTES));
  }

  #mac(random: Uint8Array, expiresMs: TimeMs): Uint8Array {
    const mac = createHmac('sha256', this.#secret).update(random).update(String(expiresMs));
    return new Uint8Array(mac.digest()).subarray(0, MAC_BYTES);
  }

  #sweep(): void {
    const now = this.#ports.nowMs();
    for (const [name, untilMs] of this.#used) if (untilMs <= now) this.#used.delete(name);
    for (const [digest, session] of this.#sessions) {
      if (session.expiresMs > now) break;
      this.#sessions.delete(digest);
    }
  }
}

/** How tokens are kept and compared: nobody who reads the memory or the file has a token. */
export function digestOfToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function failed(why: string): CodedError {
  return new CodedError('AUTH_LOGIN_FAILED', why);
}

import type { PartyId, TimeMs } from '@triflow/protocol';
import type { ReadScope } from '../../routes/route.js';

/** A token that the operator made for a party's page or program. */
export interface ReadToken {
  readonly party: PartyId;
  readonly scopes: readonly ReadScope[];
}

/** One read that only a role opened. */
export interface PrivilegedRead {
  readonly timeMs: TimeMs;
  readonly reader: PartyId;
  readonly route: string;
  readonly requestId: string;
  /** State keys read, at most `limits.accessLogSubjectsMax`; `more` counts the rest. */
  readonly subjects: readonly string[];
  readonly more: number;
  /** The height that was read. */
  readonly height: number;
}

/** A logged read: `hash` covers the entry and the hash of the one before. */
export interface LoggedRead extends PrivilegedRead {
  readonly seq: number;
  readonly previous: string;
  readonly hash: string;
  /** The anchor on chain that covers it, once there is one. */
  readonly anchored: boolean;
}

export interface AccessLogQuery {
  readonly subject?: string;
  readonly reader?: string;
  readonly after?: number;
  readonly limit: number;
}

/** The node's hash-chained log of privileged reads. */
export interface AccessLog {
  /** Resolves once the entry is durable: only then may the answer leave. */
  append(read: PrivilegedRead): Promise<void>;
  query(wanted: AccessLogQuery): Promise<readonly LoggedRead[]>;
}

/** What a node gives the API to tell readers apart. */
export interface AccessPorts {
  /** Whether a key in force of an ACTIVE party signed these bytes. */
  verifyLogin(login: {
    readonly party: PartyId;
    readonly keyId: string;
    readonly message: Uint8Array;
    readonly signature: Uint8Array;
  }): Promise<boolean>;
  /** The operator's token by its SHA-256 in hexadecimal; undefined when unknown or over. */
  findToken(sha256: string): Promise<ReadToken | undefined>;
  /** The party that the operator mapped to a client certificate (SHA-256, hexadecimal). */
  partyOfCertificate(sha256: string): PartyId | undefined;
  readonly log: AccessLog;
  nowMs(): TimeMs;
}

import { bytesFromHexText, hexFromBytes } from './bytes.js';
import { limits } from './limits.js';

/** A digest of the chain's hash suite, 32 bytes as lower-case hexadecimal. */
export type Hash = string & { readonly __brand: 'Hash' };
/** A registered party: `uscc:`, `lei:`, `gln:` or `dev:` and its value. */
export type PartyId = string & { readonly __brand: 'PartyId' };
/** A validator's name in the set, ordered by its bytes. */
export type ValidatorId = string & { readonly __brand: 'ValidatorId' };

export const ZERO_HASH = '0'.repeat(64) as Hash;

/** Kinds of object ids and their segment in URLs (domain section 2). */
export const objectKinds = {
  po: 'orders',
  dl: 'deliveries',
  in: 'invoices',
  rv: 'receivables',
  lt: 'lots',
  wr: 'receipts',
  ln: 'liens',
  pl: 'pledges',
  ob: 'obligations',
  pp: 'proofs',
  vu: 'units',
  dv: 'devices',
  al: 'alerts',
  pf: 'prices',
  an: 'animals',
  ci: 'items',
  gp: 'proposals',
} as const;

export type ObjectKind = keyof typeof objectKinds;

const OBJECT_ID = /^([a-z]{2})_[a-z0-9-]{1,60}$/;
const PARTY_ID = /^(uscc|lei|gln|dev):[0-9A-Za-z-]{1,56}$/;
const VALIDATOR_ID = /^[a-z0-9-]{1,32}$/;
const HASH_TEXT = /^sha256:[0-9a-f]{64}$/;

/** Reads a 32-byte digest; undefined when the length is wrong. */
export function hashFromBytes(bytes: Uint8Array): Hash | undefined {
  return bytes.length === 32 ? (hexFromBytes(bytes) as Hash) : undefined;
}

/** The 32 bytes of a digest. */
export function bytesFromHash(hash: Hash): Uint8Array {
  return bytesFromHexText(hash) as Uint8Array;
}

/** `sha256:` and hexadecimal, as JSON and contract records carry digests. */
export function textFromHash(hash: Hash): string {
  return `sha256:${hash}`;
}

/** Reads `sha256:` and hexadecimal; undefined for anything else. */
export function hashFromText(text: string): Hash | undefined {
  return HASH_TEXT.test(text) ? (text.slice(7) as Hash) : undefined;
}

/** Reads bare hexadecimal of 32 bytes. */
export function hashFromHex(hex: string): Hash | undefined {
  return /^[0-9a-f]{64}$/.test(hex) ? (hex as Hash) : undefined;
}

/** `tx_` and hexadecimal: a transaction's id as people and URLs see it. */
export function textFromTxId(txId: Hash): string {
  return `tx_${txId}`;
}

/** Reads `tx_` and hexadecimal; undefined for anything else. */
export function txIdFromText(text: string): Hash | undefined {
  return text.startsWith('tx_') ? hashFromHex(text.slice(3)) : undefined;
}

/** Whether text has the form of a party id; its check characters are the registry's concern. */
export function isPartyId(text: string): text is PartyId {
  return text.length <= limits.partyIdTextMax && PARTY_ID.test(text);
}

/** Whether text names a validator: 1 to 32 of `a-z 0-9 -`. */
export function isValidatorId(text: string): text is ValidatorId {
  return VALIDATOR_ID.test(text);
}

/** Whether text is an object id of the kind given. */
export function isObjectId(text: string, kind?: ObjectKind): boolean {
  const match = OBJECT_ID.exec(text);
  if (match === null) return false;
  const found = match[1] as string;
  return kind === undefined ? Object.hasOwn(objectKinds, found) : found === kind;
}

import { gcm } from '@noble/ciphers/aes.js';
import {
  assert,
  bytesFromHex,
  encodeCanonical,
  equalBytes,
  failure,
  hexFromBytes,
  isWellFormedText,
  limits,
  type Result,
  success,
  utf8FromText,
} from '@triflow/protocol';
import { z } from 'zod';
import { scrypt } from '#scrypt';
import { publicKeyFromSeed, SEED_BYTES } from './signer.js';

export const KEYSTORE_FORMAT = 'triflow/keystore/1';
export const KEYSTORE_SALT_BYTES = 32;
export const KEYSTORE_NONCE_BYTES = 12;

const SCRYPT_N = 2 ** 17;
const SCRYPT_N_MIN = 2 ** 14;
const SCRYPT_R = 8;
const SCRYPT_P = 1;
const TAG_BYTES = 16;

const hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${2 * bytes}}$`));

const scryptN = z
  .number()
  .int()
  .min(SCRYPT_N_MIN)
  .max(limits.keystoreCostMax)
  .refine((n) => (n & (n - 1)) === 0, { message: 'must be a power of two' });

/** An encrypted key file (README, "Key file"). */
export const keystoreSchema = z.strictObject({
  format: z.literal(KEYSTORE_FORMAT),
  kind: z.enum(['consensus', 'node', 'account']),
  label: z.string().max(limits.nameTextMax).refine(isWellFormedText),
  suite: z.literal('ed25519'),
  publicKey: hex(32),
  kdf: z.strictObject({
    name: z.literal('scrypt'),
    n: scryptN,
    r: z.literal(SCRYPT_R),
    p: z.literal(SCRYPT_P),
    salt: hex(KEYSTORE_SALT_BYTES),
  }),
  cipher: z.strictObject({
    name: z.literal('aes-256-gcm'),
    nonce: hex(KEYSTORE_NONCE_BYTES),
    sealed: hex(SEED_BYTES + TAG_BYTES),
  }),
});

export type Keystore = z.infer<typeof keystoreSchema>;
export type KeystoreKind = Keystore['kind'];

export interface SealKeystoreOptions {
  readonly seed: Uint8Array;
  readonly kind: KeystoreKind;
  readonly label: string;
  readonly password: string;
  /** 32 random bytes, used once. */
  readonly salt: Uint8Array;
  /** 12 random bytes, used once. */
  readonly nonce: Uint8Array;
  /** Of the seed. */
  readonly publicKey: Uint8Array;
  /** scrypt's N; weaker than the default only in tests. */
  readonly scryptN?: number;
}

export interface OpenedKeystore {
  readonly seed: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly kind: KeystoreKind;
  readonly label: string;
}

/** Encrypts a seed under a password. Wrong lengths are a bug of the caller's and assert. */
export function sealKeystore(options: SealKeystoreOptions): Keystore {
  const { seed, publicKey, salt, nonce } = options;
  assert(equalBytes(publicKeyFromSeed(seed), publicKey), 'sealKeystore: not the key of the seed');
  assert(options.password.length <= limits.passwordTextMax, 'sealKeystore: password too long');
  const header: Keystore = {
    format: KEYSTORE_FORMAT,
    kind: options.kind,
    label: options.label,
    suite: 'ed25519',
    publicKey: hexFromBytes(publicKey),
    kdf: {
      name: 'scrypt',
      n: options.scryptN ?? SCRYPT_N,
      r: SCRYPT_R,
      p: SCRYPT_P,
      salt: hexFromBytes(salt),
    },
    cipher: { name: 'aes-256-gcm', nonce: hexFromBytes(nonce), sealed: '' },
  };
  const sealed = cipherOf(header, options.password).encrypt(seed);
  const cipher = { ...header.cipher, sealed: hexFromBytes(sealed) };
  const checked = keystoreSchema.safeParse({ ...header, cipher });
  assert(checked.success, 'sealKeystore: salt, nonce, label or scryptN out of range');
  return checked.data;
}

/**
 * Opens a key file. Faults: `keystore_invalid` for a document that is none, `keystore_password`
 * when the password is wrong or a field was changed.
 */
export function openKeystore(document: unknown, password: string): Result<OpenedKeystore> {
  const parsed = keystoreSchema.safeParse(document);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = `/${(issue?.path ?? []).join('/')}`;
    return failure('keystore_invalid', `${path} ${issue?.message ?? 'is wrong'}`, path);
  }
  const keystore = parsed.data;
  const seed = unsealed(keystore, password);
  if (seed === undefined) {
    return failure('keystore_password', 'the password is wrong, or the file was changed');
  }
  const publicKey = publicKeyFromSeed(seed);
  if (hexFromBytes(publicKey) !== keystore.publicKey) {
    return failure('keystore_invalid', 'the public key is not of this key', '/publicKey');
  }
  return success({ seed, publicKey, kind: keystore.kind, label: keystore.label });
}

/** All fields but the sealed one are associated data, so none can be exchanged. */
function cipherOf(header: Keystore, password: string): ReturnType<typeof gcm> {
  const { format, kind, label, suite, publicKey, kdf, cipher } = header;
  const salt = bytesFromHex(kdf.salt);
  const nonce = bytesFromHex(cipher.nonce);
  const associated = encodeCanonical([
    format,
    kind,
    label,
    suite,
    bytesFromHex(publicKey),
    [kdf.name, kdf.n, kdf.r, kdf.p, salt],
    [cipher.name, nonce],
  ]);
  return gcm(scrypt(utf8FromText(password), salt, kdf), nonce, associated);
}

function unsealed(keystore: Keystore, password: string): Uint8Array | undefined {
  if (password.length > limits.passwordTextMax) return undefined;
  const cipher = cipherOf(keystore, password);
  try {
    return cipher.decrypt(bytesFromHex(keystore.cipher.sealed));
  } catch {
    return undefined;
  }
}

import {
  createPrivateKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';

const SEQUENCE = 0x30;
const SET = 0x31;
const OID = {
  commonName: '550403',
  ecdsaWithSha256: '2a8648ce3d040302',
  basicConstraints: '551d13',
  subjectAltName: '551d11',
} as const;
const TRUE = '0101ff';
const LOOPBACK = '7f000001';
const SERIAL_BYTES = 15;
const V3 = 'a003020102';

/** A key and its certificate, as PEM files hold them. */
export interface Certified {
  readonly key: string;
  readonly cert: string;
  /** SHA-256 of the certificate, lower-case hexadecimal, as `access.certificates` names it. */
  readonly sha256: string;
}

export interface CertificateOptions {
  readonly name: string;
  /** Who signs it; itself when left out. */
  readonly issuer?: Certified;
  readonly isCa?: boolean;
  /** Days from `fromMs`. */
  readonly days?: number;
  readonly fromMs?: number;
}

const DAY_MS = 86_400_000;
const DAYS = 30;

/**
 * A P-256 certificate for 127.0.0.1 and localhost (RFC 5280), signed by a CA of the test's own:
 * Node reads certificates and makes none.
 */
export function certify(options: CertificateOptions): Certified {
  const { name, issuer, isCa = false, days = DAYS, fromMs = Date.now() - DAY_MS } = options;
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(SEQUENCE, oid(OID.ecdsaWithSha256));
  const issuerName = issuer === undefined ? name : commonNameOf(issuer);
  const body = der(
    SEQUENCE,
    hex(V3),
    der(0x02, hex('01'), randomBytes(SERIAL_BYTES)),
    algorithm,
    nameOf(issuerName),
    der(SEQUENCE, utcTime(fromMs), utcTime(fromMs + days * DAY_MS)),
    nameOf(name),
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, der(SEQUENCE, ...(isCa ? [caExtension()] : [placeExtension()]))),
  );
  const key: KeyObject = issuer === undefined ? privateKey : createPrivateKey(issuer.key);
  const signature = der(0x03, hex('00'), sign('sha256', body, key));
  const cert = new X509Certificate(der(SEQUENCE, body, algorithm, signature));
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: cert.toString(),
    sha256: cert.fingerprint256.replaceAll(':', '').toLowerCase(),
  };
}

function commonNameOf({ cert }: Certified): string {
  return new X509Certificate(cert).subject.replace(/^CN=/, '');
}

function nameOf(text: string): Buffer {
  const value = der(0x0c, Buffer.from(text, 'utf8'));
  return der(SEQUENCE, der(SET, der(SEQUENCE, oid(OID.commonName), value)));
}

function caExtension(): Buffer {
  const value = der(0x04, der(SEQUENCE, hex(TRUE)));
  return der(SEQUENCE, oid(OID.basicConstraints), hex(TRUE), value);
}

function placeExtension(): Buffer {
  const names = [der(0x82, Buffer.from('localhost')), der(0x87, hex(LOOPBACK))];
  return der(SEQUENCE, oid(OID.subjectAltName), der(0x04, der(SEQUENCE, ...names)));
}

function utcTime(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replace(/\D/g, '').slice(2, 14);
  return der(0x17, Buffer.from(`${digits}Z`));
}

function oid(bytes: string): Buffer {
  return der(0x06, hex(bytes));
}

/** Tag, length, content (X.690, definite form). */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.of(tag), lengthOf(content.length), content]);
}

function lengthOf(length: number): Buffer {
  if (length < 0x80) return Buffer.of(length);
  if (length < 0x100) return Buffer.of(0x81, length);
  return Buffer.of(0x82, length >> 8, length & 0xff);
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}

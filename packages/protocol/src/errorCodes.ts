/** What a caller should do after a failure (experience section 4). */
export type RetryClass = 'never' | 'same' | 'rebuild' | 'after';

export interface ErrorEntry {
  readonly httpStatus: number;
  readonly retry: RetryClass;
  readonly title: string;
}

/** The node's and the SDK's own codes. Contracts' statuses follow by rule: `errorFromStatus`. */
export const errorCodes = {
  REQUEST_MALFORMED: entry(400, 'never', 'The request cannot be read'),
  REQUEST_INVALID: entry(422, 'never', 'The request has a wrong or missing field'),
  REQUEST_DUPLICATE_KEY: entry(400, 'never', 'A JSON object names the same member twice'),
  REQUEST_TOO_LARGE: entry(413, 'never', 'The request body is over the limit'),
  REQUEST_MEDIA_TYPE: entry(415, 'never', 'This media type is not understood here'),
  REQUEST_UNKNOWN_FILTER: entry(400, 'never', 'There is no such filter'),
  ROUTE_NOT_FOUND: entry(404, 'never', 'There is no such route'),
  OBJECT_NOT_FOUND: entry(404, 'never', 'There is no such object'),
  TRANSACTION_NOT_FOUND: entry(404, 'never', 'No transaction with this id is known here'),
  BLOCK_NOT_FOUND: entry(404, 'never', 'There is no block at this height yet'),
  CURSOR_PRUNED: entry(410, 'never', 'This height is no longer kept here'),
  PROOF_PRUNED: entry(410, 'never', 'Proofs for this height are no longer kept here'),
  TRANSACTION_MALFORMED: entry(400, 'never', 'The bytes are not a signed transaction'),
  TRANSACTION_TOO_LARGE: entry(413, 'never', 'The transaction is over the size limit'),
  ENCODING_NOT_CANONICAL: entry(400, 'never', 'The bytes are not in canonical form'),
  TRANSACTION_WRONG_CHAIN: entry(422, 'never', 'The transaction is bound to another chain'),
  TRANSACTION_EXPIRED: entry(409, 'rebuild', 'The transaction is past its last height'),
  TRANSACTION_WINDOW: entry(422, 'rebuild', 'validUntilHeight is too far above the head'),
  TRANSACTION_REPLAYED: entry(409, 'never', 'A transaction with this id was already taken'),
  SIGNATURE_INVALID: entry(401, 'never', 'The signature does not fit the key and the bytes'),
  KEY_NOT_FOUND: entry(401, 'never', 'The sender has no such key in force'),
  AUTH_REQUIRED: entry(401, 'never', 'Only a party that has logged in may read this'),
  AUTH_TOKEN_INVALID: entry(401, 'never', 'The token is unknown, expired or revoked'),
  AUTH_LOGIN_FAILED: entry(401, 'never', 'The login challenge was not signed by a key in force'),
  AUTH_NOT_VISIBLE: entry(403, 'never', 'This party may not read that'),
  AUTH_SCOPE: entry(403, 'never', 'The token does not reach this part of the API'),
  AUTH_PARTY_NOT_ACTIVE: entry(403, 'never', 'The party is not registered or is suspended'),
  MEMPOOL_FULL: entry(429, 'after', 'The node holds as many pending transactions as it may'),
  RATE_LIMITED: entry(429, 'after', 'Too many requests'),
  NODE_OVERLOADED: entry(503, 'after', 'The node has more work than it can do now'),
  NODE_SYNCING: entry(503, 'after', 'The node is catching up'),
  NODE_DRAINING: entry(503, 'after', 'The node takes nothing more: its operator will stop it'),
  NODE_HALTED: entry(503, 'after', 'The node has stopped taking part and needs its operator'),
  QUORUM_UNAVAILABLE: entry(503, 'after', 'Too few validators are reachable'),
  OUTCOME_UNKNOWN: entry(504, 'same', 'No outcome within the time given'),
  WAIT_TIMEOUT: entry(504, 'same', 'It did not happen within the time given'),
  TRANSPORT_FAILED: entry(503, 'same', 'No node answered'),
  CHAIN_MISMATCH: entry(409, 'never', 'The node belongs to another chain'),
  VERIFICATION_FAILED: entry(502, 'never', 'An answer does not match its proof'),
  PROOF_MISSING: entry(502, 'never', 'The node gave no proof'),
  READ_TOO_OLD: entry(503, 'after', 'The newest answer is older than was asked for'),
  TRUST_EXPIRED: entry(502, 'never', 'The trusted validator set cannot be followed to this height'),
  EVIDENCE_MALFORMED: entry(422, 'never', 'The evidence file is not in canonical form'),
  EVIDENCE_TAMPERED: entry(422, 'never', 'The evidence file was changed'),
  EVIDENCE_WRONG_CHAIN: entry(422, 'never', 'The evidence file is of another chain'),
  EVIDENCE_TOO_FEW_SIGNERS: entry(422, 'never', 'The header is not signed by a quorum'),
  EPCIS_VALIDATION: entry(400, 'never', 'The EPCIS document breaks a rule'),
  EPCIS_QUERY_PARAMETER: entry(400, 'never', 'A query has a wrong or unknown parameter'),
  EPCIS_QUERY_TOO_LARGE: entry(413, 'never', 'More events match than were asked for at most'),
  EPCIS_SUBSCRIPTION: entry(
    400,
    'never',
    'A subscription says neither or both of stream and times',
  ),
  EPCIS_URI_TOO_LONG: entry(414, 'never', 'The address is too long: name the query instead'),
  EPCIS_NO_SUCH_NAME: entry(404, 'never', 'There is no such query or subscription'),
  EPCIS_NO_SUCH_RESOURCE: entry(404, 'never', 'There is no such EPCIS resource'),
  EPCIS_RESOURCE_EXISTS: entry(409, 'never', 'There is such a resource already'),
  EPCIS_CAPTURE_LIMIT: entry(413, 'never', 'The capture has too many events or bytes'),
  EPCIS_SECURITY: entry(403, 'never', 'This is not allowed here'),
  EPCIS_NOT_ACCEPTABLE: entry(406, 'never', 'No answer in the form asked for can be given'),
  CONFIG_INVALID: entry(500, 'never', 'A configuration value is wrong'),
  GENESIS_INVALID: entry(500, 'never', 'The genesis document is wrong'),
  GENESIS_MISMATCH: entry(500, 'never', 'The data folder belongs to another genesis'),
  STORE_LOCKED: entry(500, 'never', 'Another process has the data folder open'),
  STORE_CORRUPT: entry(500, 'never', 'A stored record is damaged'),
  STORE_FULL: entry(507, 'after', 'The disk is full or failing'),
  PORT_IN_USE: entry(500, 'never', 'A port is taken'),
  KEYSTORE_INVALID: entry(500, 'never', 'The key file cannot be read'),
  KEYSTORE_PASSWORD: entry(500, 'never', 'The password does not open the key file'),
  ABORTED: entry(499, 'same', 'The caller gave up'),
  INTERNAL: entry(500, 'same', 'A bug in the node'),
} as const satisfies Record<string, ErrorEntry>;

export type ErrorCode = keyof typeof errorCodes;

/** How a contract's status appears as an error: its code in capitals, 409 by default. */
export function errorFromStatusCode(code: string): ErrorEntry & { readonly code: string } {
  const upper = upperAscii(code);
  const notFound = code.endsWith('_not_found');
  const forbidden = code === 'signer_lacks_role' || code === 'signer_not_party_to_object';
  const retry: RetryClass = code === 'object_version_is_stale' ? 'rebuild' : 'never';
  const title = code.charAt(0) + code.slice(1).replaceAll('_', ' ');
  if (forbidden) return { code: upper, httpStatus: 403, retry, title };
  if (code === 'params_are_invalid') return { code: upper, httpStatus: 422, retry, title };
  return { code: upper, httpStatus: notFound ? 404 : 409, retry, title };
}

/** Status codes are ASCII by rule; no locale or Unicode table is involved. */
function upperAscii(text: string): string {
  return text.replace(/[a-z]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 32));
}

function entry(httpStatus: number, retry: RetryClass, title: string): ErrorEntry {
  return { httpStatus, retry, title };
}

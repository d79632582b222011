import { hashOf, verifySignature } from '@triflow/crypto';
import {
  bytesFromHex,
  type CborValue,
  encodeCanonical,
  type Hash,
  hexFromBytes,
  isValidatorId,
  possessionSignBytes,
} from '@triflow/protocol';
import type { Acceptance, Draft, Join } from './ceremonyFiles.js';

const DRAFT_DOMAIN = 'triflow/genesis-draft/1';
const JOIN_DOMAIN = 'triflow/genesis-join/1';
const ACCEPT_DOMAIN = 'triflow/genesis-acceptance/1';
const SUITE = 'ed25519';

export interface SigningKey {
  readonly publicKey: Uint8Array;
  readonly sign: (bytes: Uint8Array) => Uint8Array;
}

export interface JoinParts {
  readonly draft: Draft;
  readonly party: Join['party'];
  readonly account: SigningKey;
  readonly seat?: {
    readonly validator: string | undefined;
    readonly consensus: SigningKey | undefined;
    readonly peerId: string;
  };
  readonly address?: string;
  readonly madeAtMs: number;
}

/** What a draft is known by: a part that was made for another draft does not fit. */
export function draftHashOf(draft: Draft): Hash {
  return hashOf(encodeCanonical([DRAFT_DOMAIN, cborOf(draft)]));
}

/** A party's part, signed; its validator's key shows possession (R-S3). */
export function signJoin(parts: JoinParts): Join {
  const { draft, party, account, seat, address, madeAtMs } = parts;
  const unsigned = {
    format: 'triflow/genesis-join/1' as const,
    chainId: draft.chainId,
    draftHash: draftHashOf(draft),
    party,
    ...seatOf(draft.chainId, seat),
    ...(address === undefined ? {} : { address }),
    madeAtMs,
  };
  return { ...unsigned, signature: hexFromBytes(account.sign(joinSignBytes(unsigned))) };
}

/** Whether a part is signed by the first key of the party that it names. */
export function isSignedJoin({ signature, ...unsigned }: Join): boolean {
  const [key] = unsigned.party.keys;
  if (key === undefined) return false;
  const bytes = joinSignBytes(unsigned);
  return verifySignature(key.suite, bytesFromHex(key.publicKey), bytes, bytesFromHex(signature));
}

/** The bytes by which a party accepts a genesis. */
export function acceptanceSignBytes(
  acceptance: Pick<Acceptance, 'genesisHash' | 'party' | 'keyId'>,
): Uint8Array {
  const { genesisHash, party, keyId } = acceptance;
  return encodeCanonical([ACCEPT_DOMAIN, bytesFromHex(genesisHash), party, keyId]);
}

function seatOf(chainId: string, seat: JoinParts['seat']): Pick<Join, 'validator' | 'observer'> {
  if (seat === undefined) return {};
  const { validator, consensus, peerId } = seat;
  if (validator === undefined || consensus === undefined || !isValidatorId(validator)) {
    return { observer: { peerId } };
  }
  const { publicKey } = consensus;
  const possession = consensus.sign(
    possessionSignBytes({ chainId, validatorId: validator, suite: SUITE, publicKey, peerId }),
  );
  return {
    validator: {
      id: validator,
      suite: SUITE,
      publicKey: hexFromBytes(publicKey),
      peerId,
      possession: hexFromBytes(possession),
    },
  };
}

function joinSignBytes(unsigned: Omit<Join, 'signature'>): Uint8Array {
  return encodeCanonical([JOIN_DOMAIN, cborOf(unsigned)]);
}

/** What came out of JSON has no other values than CBOR has; absent members are left out. */
function cborOf(document: object): CborValue {
  return JSON.parse(JSON.stringify(document)) as CborValue;
}

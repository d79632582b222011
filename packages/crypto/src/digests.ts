import {
  type BlockHeader,
  type CborValue,
  encodeCanonical,
  type Genesis,
  genesisBytes,
  type Hash,
  headerBytes,
  textFromHash,
  type ValidatorSet,
  validatorSetBytes,
} from '@triflow/protocol';
import { hashOf } from './hashSuite.js';

/** The id of a transaction: the hash of its signed bytes, without the signature. */
export function transactionId(signBytes: Uint8Array): Hash {
  return hashOf(signBytes);
}

/** The valueId of a header (consensus section 3). */
export function blockHash(header: BlockHeader): Hash {
  return hashOf(headerBytes(header));
}

/** What a header's validatorsHash and nextValidatorsHash say. */
export function validatorSetHash(set: ValidatorSet): Hash {
  return hashOf(validatorSetBytes(set));
}

/** The genesisHash that every signed message is bound to. */
export function genesisHashOf(genesis: Genesis): Hash {
  return hashOf(genesisBytes(genesis));
}

/** `sha256:` digest of a value's canonical bytes under a domain text of the caller's. */
export function digestText(domain: string, value: CborValue): string {
  return textFromHash(hashOf(encodeCanonical([domain, value])));
}

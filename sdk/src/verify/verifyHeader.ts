import { hashOf, verifyCertificate } from '@triflow/crypto';
import {
  type BlockHeader,
  type ChainBinding,
  decodeCommitCertificate,
  decodeHeader,
  failure,
  type Hash,
  quorum,
  type Result,
  success,
} from '@triflow/protocol';
import type { KnownSet } from './trustAnchor.js';

/** Canonical bytes of a header and of the certificate that makes it final. */
export interface SignedHeader {
  readonly header: Uint8Array;
  readonly certificate: Uint8Array;
}

/** A header that a quorum of a known validator set has signed. */
export interface VerifiedHeader {
  readonly header: BlockHeader;
  readonly valueId: Hash;
  /** How many validators signed, of how many. */
  readonly signers: number;
  readonly of: number;
  /** The ids of those who signed, in the order of the set. */
  readonly signedBy: readonly string[];
}

/**
 * Checks that a quorum of a known set signed a header of this chain (consensus R-C1, R-C2). Says
 * nothing of whether that set was in force: compare `header.validatorsHash` first, as done here.
 * Faults: `header_malformed`, `wrong_chain`, `wrong_validators`, `certificate_malformed`,
 * `too_few_signers`, `certificate_invalid`, `signature_invalid`.
 */
export function verifyHeader(
  chain: ChainBinding,
  known: KnownSet,
  signed: SignedHeader,
): Result<VerifiedHeader> {
  const decoded = decodeHeader(signed.header);
  if (!decoded.ok) return failure('header_malformed', decoded.fault.message);
  const header = decoded.value;
  if (header.chainId !== chain.chainId) {
    return failure('wrong_chain', `the header is of chain ${header.chainId}`);
  }
  if (header.validatorsHash !== known.hash) {
    return failure('wrong_validators', 'the header names another validator set');
  }
  const read = decodeCommitCertificate(signed.certificate);
  if (!read.ok) return failure('certificate_malformed', read.fault.message);
  const certificate = read.value;
  const valueId = hashOf(signed.header);
  if (certificate.valueId !== valueId || certificate.height !== header.height) {
    return failure('certificate_invalid', 'the certificate is of another header');
  }
  const of = known.set.length;
  const signers = certificate.entries.length;
  if (signers < quorum(of)) {
    return failure('too_few_signers', `${signers} of ${of} signed, ${quorum(of)} are needed`);
  }
  const verdict = verifyCertificate(chain, known.set, certificate);
  if (!verdict.ok) return verdict;
  const signedBy = certificate.entries.flatMap(([index]) => known.set[index]?.id ?? []);
  return success({ header, valueId, signers, of, signedBy });
}

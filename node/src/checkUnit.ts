import { blockHash, certificateSignatures, merkleRootHash } from '@triflow/crypto';
import {
  type Block,
  type ChainBinding,
  type CommitCertificate,
  decodeBlock,
  decodeCommitCertificate,
  type Hash,
  type SyncBlock,
  type ValidatorSet,
} from '@triflow/protocol';
import type { VerifierPort } from './ports.js';

/** A block that its height's validators have certified, body and all. */
export interface CheckedUnit {
  readonly valueId: Hash;
  readonly bytes: Uint8Array;
  readonly block: Block;
  readonly certificate: CommitCertificate;
}

/**
 * R-Y2 without execution: header, body and certificate belong together, and the certificate holds
 * under set(height). Gives what is wrong otherwise.
 */
export async function checkUnit(
  unit: SyncBlock,
  at: {
    readonly height: number;
    readonly set: ValidatorSet;
    readonly binding: ChainBinding;
    readonly verifier: VerifierPort;
  },
): Promise<CheckedUnit | string> {
  const { height, set, binding, verifier } = at;
  const block = decodeBlock(unit.block);
  const certificate = decodeCommitCertificate(unit.certificate);
  if (!block.ok || !certificate.ok) return 'undecodable block or certificate';
  const { header, body } = block.value;
  const valueId = blockHash(header);
  if (header.height !== height || certificate.value.height !== height) return 'wrong height';
  if (certificate.value.valueId !== valueId) return 'certificate of another block';
  const isBody =
    header.txRoot === merkleRootHash(body.transactions) &&
    header.evidenceRoot === merkleRootHash(body.evidence);
  if (!isBody) return 'body of another block';
  const checks = certificateSignatures(binding, set, certificate.value);
  if (!checks.ok) return checks.fault.message;
  const verdicts = await verifier.verify(checks.value);
  if (!verdicts.every(Boolean)) return 'certificate with a bad signature';
  return { valueId, bytes: unit.block, block: block.value, certificate: certificate.value };
}

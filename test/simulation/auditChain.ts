import {
  blockHash,
  certificateSignatures,
  merkleRootHash,
  type SignatureCheck,
} from '@triflow/crypto';
import { pastValidatorSet } from '@triflow/ledger';
import type { RunningNode } from '@triflow/node';
import { decodeBlock, decodeCommitCertificate, type Hash } from '@triflow/protocol';
import type { Checkers } from './checkers.js';

/**
 * I2, I3, I16: the chain of one node from its first block, by itself: parent links, bodies under
 * their headers, and each certificate in full under the set of its height.
 */
export async function auditChain(
  { chain }: RunningNode,
  verify: (check: SignatureCheck) => boolean,
  checkers: Pick<Checkers, 'fail' | 'accused'>,
): Promise<void> {
  const fail = (message: string): void => checkers.fail(message);
  let parent: Hash = chain.binding.genesisHash;
  for (let height = 1; height <= chain.head().height; height += 1) {
    const stored = await chain.committed(height);
    const block = stored === undefined ? undefined : decodeBlock(stored.block);
    const certificate =
      stored === undefined ? undefined : decodeCommitCertificate(stored.certificate);
    if (!block?.ok || !certificate?.ok) return fail(`I2: no block ${height}`);
    const { header, body } = block.value;
    const valueId = blockHash(header);
    if (header.height !== height || header.parentHash !== parent) fail(`I2: links of ${height}`);
    if (header.txRoot !== merkleRootHash(body.transactions)) fail(`I2: body of ${height}`);
    for (const evidence of body.evidence) checkers.accused(evidence);
    parent = valueId;
    const set = pastValidatorSet(chain.state().reader, height);
    if (set === undefined) return fail(`I16: the set of ${height} is forgotten`);
    const { value } = certificate;
    if (value.height !== height || value.valueId !== valueId) fail(`I3: certificate of ${height}`);
    const checks = certificateSignatures(chain.binding, set, value);
    if (!checks.ok) fail(`I3: certificate of ${height}: ${checks.fault.message}`);
    else if (!checks.value.every(verify)) fail(`I3: a signature of the certificate of ${height}`);
  }
  return undefined;
}

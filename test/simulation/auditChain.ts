import { blockHash, merkleRootHash, type SignatureCheck } from '@triflow/crypto';
import { pastValidatorSet } from '@triflow/ledger';
import type { RunningNode } from '@triflow/node';
import {
  type CommitCertificate,
  decodeBlock,
  decodeCommitCertificate,
  type Hash,
  type ValidatorId,
  type ValidatorSet,
  voteSignBytes,
} from '@triflow/protocol';
import type { Checkers } from './checkers.js';
import type { SeenEvidence } from './seenEvidence.js';

export interface AuditMeans {
  readonly verify: (check: SignatureCheck) => boolean;
  readonly seen: SeenEvidence;
}

/**
 * I2, I3, I9, I16: the chain of one node from its first block, by itself: parent links, bodies under
 * their headers, and each certificate in full under the set of its height.
 */
export async function auditChain(
  { chain }: RunningNode,
  self: ValidatorId,
  { verify, seen }: AuditMeans,
  checkers: Pick<Checkers, 'fail' | 'accused' | 'knowsSet'>,
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
    const isBody =
      header.txCount === body.transactions.length &&
      header.txRoot === merkleRootHash(body.transactions) &&
      header.evidenceRoot === merkleRootHash(body.evidence);
    if (!isBody) fail(`I2: body of ${height}`);
    for (const evidence of body.evidence) checkers.accused(evidence);
    for (const slot of seen.missingIn(height, valueId, body.evidence)) {
      fail(`I9: the builder of ${height} had seen ${slot}`);
    }
    parent = valueId;
    const set = pastValidatorSet(chain.state().reader, height);
    if (set === undefined) return fail(`I16: the set of ${height} is forgotten`);
    checkers.knowsSet(self, height, set);
    const { value } = certificate;
    if (value.height !== height || value.valueId !== valueId) fail(`I3: certificate of ${height}`);
    const fault = certificateFault(chain.binding, set, value, verify);
    if (fault !== undefined) fail(`I3: certificate of ${height}: ${fault}`);
  }
  return undefined;
}

/** R-C1 and R-C2 once more, from the rule and not by the code that nodes run. */
function certificateFault(
  binding: RunningNode['chain']['binding'],
  set: ValidatorSet,
  { height, round, valueId, entries }: CommitCertificate,
  verify: (check: SignatureCheck) => boolean,
): string | undefined {
  const faulty = Math.floor((set.length - 1) / 3);
  if (entries.length < Math.ceil((set.length + faulty + 1) / 2)) return 'no quorum';
  const message = voteSignBytes(binding, { type: 'precommit', height, round, valueId });
  let before = -1;
  for (const [index, signature] of entries) {
    const seat = set[index];
    if (seat === undefined || index <= before) return `seat ${index}`;
    before = index;
    const { suite, publicKey } = seat;
    if (!verify({ suite, publicKey, message, signature })) return `the signature of seat ${index}`;
  }
  return undefined;
}

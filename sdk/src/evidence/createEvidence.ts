import { limits, textFromHash, txIdFromText } from '@triflow/protocol';
import type { ClientCore } from '../client/clientCore.js';
import { type ReadOptions, readStateWithin } from '../client/readState.js';
import { type Deadline, underDeadline } from '../deadline.js';
import { TriflowError } from '../errors/triflowError.js';
import { stateKeyOf } from '../recordTable.js';
import { proveInBlock } from '../transactions/proveOutcome.js';
import { type EvidenceContent, encodeEvidenceFile, memberOfBytes } from '../verify/evidenceFile.js';
import { type EvidenceReport, verifyEvidence } from '../verify/verifyEvidence.js';
import type { SignedHeader } from '../verify/verifyHeader.js';

export interface EvidenceOptions extends ReadOptions {
  /** Leave the genesis document out: the reader then needs it beside the file. */
  readonly withoutGenesis?: boolean;
}

/** The file's bytes, and what they prove. */
export interface EvidenceAnswer {
  readonly bytes: Uint8Array;
  readonly report: EvidenceReport;
}

/**
 * Makes an evidence file about objects (`wr_…`), parties, state keys (`contract/table/…`) and at
 * most one transaction (`tx_…`), whose block's state is then the one read. Everything in it is
 * verified first.
 */
export async function createEvidence(
  core: ClientCore,
  about: string | readonly string[],
  options: EvidenceOptions = {},
): Promise<EvidenceAnswer> {
  const names = typeof about === 'string' ? [about] : [...new Set(about)];
  if (names.length < 1 || names.length > limits.evidenceItemsMax) {
    throw new TriflowError('REQUEST_INVALID', `evidence: 1 to ${limits.evidenceItemsMax} items`);
  }
  const { signal } = options;
  const timeoutMs = options.timeoutMs ?? core.timeoutMs;
  return underDeadline(core.environment, { signal, timeoutMs }, (deadline) => {
    return create(core, names, options, deadline);
  });
}

async function create(
  core: ClientCore,
  names: readonly string[],
  options: EvidenceOptions,
  deadline: Deadline,
): Promise<EvidenceAnswer> {
  const anchor = await core.chain.anchor(deadline);
  const facts = await gather(core, names, options, deadline);
  const genesis = options.withoutGenesis === true ? undefined : core.chain.genesis();
  const bytes = encodeEvidenceFile({
    format: 'triflow/evidence/1',
    chainId: anchor.chainId,
    genesisHash: textFromHash(anchor.genesisHash),
    ...(isDocument(genesis) ? { genesis } : {}),
    header: memberOfBytes(facts.header),
    certificate: memberOfBytes(facts.certificate),
    validatorSteps: core.chain.stepsTo(facts.height).map((step) => ({
      header: memberOfBytes(step.header),
      certificate: memberOfBytes(step.certificate),
      nextValidators: step.nextValidators.map((entry) => {
        return { ...entry, publicKey: memberOfBytes(entry.publicKey), power: 1 };
      }),
    })),
    states: facts.states.map(memberOfBytes),
    transactions: facts.transactions,
  });
  if (bytes.length > limits.evidenceFileBytesMax) {
    throw new TriflowError('REQUEST_TOO_LARGE', 'evidence: the file would be over the limit');
  }
  return { bytes, report: verifyEvidence(bytes, core.chain.trust(anchor)) };
}

interface Facts extends SignedHeader {
  readonly height: number;
  readonly states: readonly Uint8Array[];
  readonly transactions: EvidenceContent['transactions'];
}

async function gather(
  core: ClientCore,
  names: readonly string[],
  options: EvidenceOptions,
  deadline: Deadline,
): Promise<Facts> {
  const txIds = names.map(txIdFromText).filter((txId) => txId !== undefined);
  const keys = names.filter((name) => txIdFromText(name) === undefined).map(stateKeyOf);
  if (txIds.length > 1) {
    throw new TriflowError('REQUEST_INVALID', 'evidence: one transaction a file');
  }
  const [txId] = txIds;
  const block = txId === undefined ? undefined : await proveInBlock(core, txId, deadline);
  const at = block?.outcome.height ?? options.at;
  const readOptions = {
    ...options,
    ...(at === undefined ? {} : { at }),
    verify: 'always',
  } as const;
  const state =
    keys.length === 0 ? undefined : await readStateWithin(core, keys, readOptions, deadline);
  const source = state ?? block;
  if (source === undefined) throw new TriflowError('REQUEST_INVALID', 'evidence: about nothing');
  const transactions = block === undefined ? [] : [transactionMember(block)];
  const { header, certificate } = source;
  const height = state?.height ?? block?.outcome.height ?? 0;
  return { header, certificate, height, states: state?.proofs ?? [], transactions };
}

function transactionMember({
  proof,
}: Awaited<ReturnType<typeof proveInBlock>>): EvidenceContent['transactions'][number] {
  return {
    bytes: memberOfBytes(proof.bytes),
    index: proof.index,
    path: proof.path.map(memberOfBytes),
    result: memberOfBytes(proof.result),
    resultCount: proof.resultCount,
    resultPath: proof.resultPath.map(memberOfBytes),
  };
}

function isDocument(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

import {
  blockHash,
  certificateSignatures,
  genesisHashOf,
  merkleRootHash,
  transactionId,
  verifySignature,
} from '@triflow/crypto';
import { pastValidatorSet } from '@triflow/ledger';
import {
  type Block,
  bytesFromHash,
  type ChainBinding,
  decodeBlock,
  decodeCommitCertificate,
  decodeTransaction,
  equalBytes,
  type Genesis,
  type Hash,
  headerBytes,
  isCodedError,
  stateKey,
  type ValidatorSet,
  validatorSetsTable,
} from '@triflow/protocol';
import type { LedgerStore } from '@triflow/storage';

export interface ChainProblems {
  /** Height to what is wrong with its block or certificate. */
  readonly problems: ReadonlyMap<number, string>;
  /** What is wrong with records that are computed from the blocks. */
  readonly derived: readonly string[];
  readonly genesisDiffers: boolean;
}

/**
 * The chain of a store from its first block, by itself: parent links, bodies under their headers,
 * each certificate in full under the set of its height, results under their root, and the place of
 * every transaction (R-Y2 without execution).
 */
export async function diagnoseChain(store: LedgerStore, genesis: Genesis): Promise<ChainProblems> {
  const genesisHash = genesisHashOf(genesis);
  const problems = new Map<number, string>();
  const derived: string[] = [];
  const found = await orDamage(() => store.meta.get('genesisHash'));
  const genesisDiffers =
    found.ok && found.value !== undefined && !equalBytes(found.value, bytesFromHash(genesisHash));
  if (!found.ok || found.value === undefined) derived.push('the copy of the genesis hash');
  const head = store.head()?.height ?? 0;
  if (genesisDiffers) return { problems, derived, genesisDiffers };
  const binding = { chainId: genesis.chainId, genesisHash };
  let parent: Hash | undefined = genesisHash;
  for (let height = 1; height <= head; height += 1) {
    const block = await readBlock(store, height);
    if (typeof block === 'string') {
      problems.set(height, block);
      parent = undefined;
      continue;
    }
    const problem = await blockProblem(store, binding, block, { height, parent });
    parent = blockHash(block.header);
    if (problem !== undefined) {
      problems.set(height, problem);
      continue;
    }
    const wrong = await derivedProblem(store, block, height);
    if (wrong !== undefined) derived.push(wrong);
  }
  return { problems, derived, genesisDiffers };
}

/** What is wrong with a block or its certificate, or undefined. */
async function blockProblem(
  store: LedgerStore,
  binding: ChainBinding,
  { header, body }: Block,
  at: { readonly height: number; readonly parent: Hash | undefined },
): Promise<string | undefined> {
  const { height, parent } = at;
  if (header.height !== height) return `the block of ${header.height} lies at ${height}`;
  if (parent !== undefined && header.parentHash !== parent) return 'it does not follow its parent';
  const isBody =
    header.txRoot === merkleRootHash(body.transactions) &&
    header.evidenceRoot === merkleRootHash(body.evidence);
  if (!isBody) return 'its body is of another block';
  const stored = await orDamage(() => store.getCertificate(height));
  if (!stored.ok || stored.value === undefined) return 'its certificate is damaged or missing';
  const certificate = decodeCommitCertificate(stored.value);
  if (!certificate.ok) return 'its certificate cannot be read';
  const { value } = certificate;
  if (value.height !== height || value.valueId !== blockHash(header)) {
    return 'its certificate is of another block';
  }
  const set = await setAt(store, height);
  if (set === undefined) return undefined;
  const checks = certificateSignatures(binding, set, value);
  if (!checks.ok) return `its certificate: ${checks.fault.message}`;
  const isSigned = checks.value.every(({ suite, publicKey, message, signature }) => {
    return verifySignature(suite, publicKey, message, signature);
  });
  return isSigned ? undefined : 'its certificate has a wrong signature';
}

async function derivedProblem(
  store: LedgerStore,
  { header, body }: Block,
  height: number,
): Promise<string | undefined> {
  const own = await orDamage(() => store.getHeader(height));
  if (!own.ok || own.value === undefined || !equalBytes(own.value, headerBytes(header))) {
    return `the copy of the header of ${height} differs from its block`;
  }
  const results = await orDamage(() => store.getResults(height));
  if (!results.ok || results.value === undefined) return `the results of ${height} are damaged`;
  if (merkleRootHash(results.value) !== header.resultRoot) {
    return `the results of ${height} are not those of its block`;
  }
  for (const [index, bytes] of body.transactions.entries()) {
    const decoded = decodeTransaction(bytes);
    if (!decoded.ok) return `a transaction of ${height} cannot be read`;
    const place = await orDamage(() =>
      store.findTransaction(transactionId(decoded.value.signBytes)),
    );
    if (!place.ok || place.value?.height !== height || place.value.index !== index) {
      return `transaction ${index} of block ${height} is not found in its place`;
    }
  }
  return undefined;
}

async function readBlock(store: LedgerStore, height: number): Promise<Block | string> {
  const stored = await orDamage(() => store.getBlock(height));
  if (!stored.ok) return 'its record is damaged';
  if (stored.value === undefined) return 'it is missing';
  const block = decodeBlock(stored.value);
  return block.ok ? block.value : 'it cannot be read';
}

/** set(height) as the state before that height says it; undefined where that is damaged. */
export async function setAt(store: LedgerStore, height: number): Promise<ValidatorSet | undefined> {
  const at = height - 1;
  const all = await orDamage(() => store.getStateAt(stateKey(validatorSetsTable, ['all']), at));
  if (!all.ok || all.value === undefined) return undefined;
  const sets = all.value;
  const reader = {
    get: (key: string) => (key === stateKey(validatorSetsTable, ['all']) ? sets : undefined),
  };
  return pastValidatorSet(reader, height);
}

type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false };

async function orDamage<T>(read: () => Promise<T>): Promise<Read<T>> {
  try {
    return { ok: true, value: await read() };
  } catch (error) {
    if (isCodedError(error, 'STORE_CORRUPT')) return { ok: false };
    throw error;
  }
}

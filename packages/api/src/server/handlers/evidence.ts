import { createHash } from 'node:crypto';
import {
  CodedError,
  decodeTxResult,
  type Hash,
  hexFromBytes,
  limits,
  stateKey,
  textFromHash,
  txIdFromText,
} from '@triflow/protocol';
import {
  EVIDENCE_FORMAT,
  type EvidenceContent,
  evidenceChecksumBytes,
  evidenceFileBytes,
  type evidenceRoutes,
} from '../../routes/evidence.js';
import type { NodeBackend, SignedHeader, TransactionProof } from '../backend.js';
import type { Answer, RouteHandler } from '../call.js';
import { plainJson } from '../plainJson.js';
import { errorFromFault, invalidRequest } from '../problems.js';
import type { ServerContext } from '../serverContext.js';
import { objectTable } from './objects.js';

type Routes = typeof evidenceRoutes;

/** The evidence file of an object at a height; absence is proved, too. */
export function getObjectEvidence(
  context: ServerContext,
): RouteHandler<Routes['getObjectEvidence']> {
  const { backend } = context;
  return async ({ params, query, access }) => {
    const { table } = objectTable(context, params);
    const key = stateKey(table, [params.id]);
    const reader = await backend.reader(query.at);
    if (!reader.ok) throw errorFromFault(reader.fault);
    if (!(await access.mayReadKey(reader.value, key))) throw access.refuse(params.id);
    const proofs = await backend.proofs([key], reader.value.height);
    if (!proofs.ok) throw errorFromFault(proofs.fault);
    const { height } = proofs.value;
    const states = proofs.value.proofs.map(hexFromBytes);
    const facts = { states, transactions: [], height, isBare: query.bare === true };
    return fileAnswer(params.id, await contentOf(backend, proofs.value, facts), height);
  };
}

/** The evidence file of a transaction in its block. */
export function getTransactionEvidence({
  backend,
}: ServerContext): RouteHandler<Routes['getTransactionEvidence']> {
  return async ({ params, query, access }) => {
    const txId = txIdFromText(params.id);
    if (txId === undefined) throw invalidRequest('/id', 'is no transaction id');
    const proof = await backend.txProof(txId);
    if (!proof.ok) throw errorFromFault(proof.fault);
    const { height, transaction, result } = proof.value;
    const decoded = decodeTxResult(result.bytes);
    const isSeen =
      decoded.ok && (await access.maySeeTransaction(transaction.bytes, decoded.value, height));
    if (!isSeen && !access.isOpen) throw access.refuse(params.id);
    const transactions = [transactionMember(proof.value)];
    const facts = { states: [], transactions, height, isBare: query.bare === true };
    return fileAnswer(params.id, await contentOf(backend, proof.value, facts), height);
  };
}

async function contentOf(
  backend: NodeBackend,
  signed: SignedHeader,
  facts: Pick<EvidenceContent, 'states' | 'transactions'> & {
    readonly height: number;
    readonly isBare: boolean;
  },
): Promise<EvidenceContent> {
  const { chainId, genesisHash } = backend.info();
  const { states, transactions, height, isBare } = facts;
  const genesis = plainJson(backend.genesis()) as Record<string, unknown>;
  return {
    format: EVIDENCE_FORMAT,
    chainId,
    genesisHash: textFromHash(genesisHash),
    ...(isBare ? {} : { genesis }),
    header: hexFromBytes(signed.header),
    certificate: hexFromBytes(signed.certificate),
    validatorSteps: await validatorSteps(backend, height),
    states,
    transactions,
  };
}

/** Every change of validators between genesis and a height. */
async function validatorSteps(
  backend: NodeBackend,
  height: number,
): Promise<EvidenceContent['validatorSteps']> {
  const changes = await backend.setChanges(1, height - 1);
  if (changes.length > limits.validatorStepsMax) {
    throw new CodedError(
      'PROOF_PRUNED',
      'too many changes of validators: make the file by the sdk',
    );
  }
  return Promise.all(
    changes.map(async (at) => {
      const [signed, next] = await Promise.all([backend.header(at), backend.validators(at + 1)]);
      if (signed === undefined || next === undefined) {
        throw new CodedError('BLOCK_NOT_FOUND', `the change of height ${at} is not kept here`);
      }
      return {
        header: hexFromBytes(signed.header),
        certificate: hexFromBytes(signed.certificate),
        nextValidators: next.validators.map(({ id, party, suite, publicKey, peerId }) => {
          return { id, party, suite, publicKey: hexFromBytes(publicKey), peerId, power: 1 };
        }),
      };
    }),
  );
}

function transactionMember(proof: TransactionProof): EvidenceContent['transactions'][number] {
  const { transaction, result } = proof;
  return {
    bytes: hexFromBytes(transaction.bytes),
    index: transaction.index,
    path: transaction.path.map(hexFromBytes),
    result: hexFromBytes(result.bytes),
    resultCount: result.size,
    resultPath: result.path.map(hexFromBytes),
  };
}

/** The bytes exactly as they are checked: no other serializer may touch them. */
function fileAnswer(name: string, content: EvidenceContent, height: number): Answer {
  const bytes = evidenceFileBytes(content, (one) => {
    const digest = createHash('sha256').update(evidenceChecksumBytes(one)).digest('hex');
    return textFromHash(digest as Hash);
  });
  if (bytes.length > limits.evidenceFileBytesMax) {
    throw new CodedError('REQUEST_TOO_LARGE', 'the file would be over the limit');
  }
  return {
    status: 200,
    body: Buffer.from(bytes),
    height,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'content-disposition': `attachment; filename="${name.replace(/[^a-z0-9_-]/gi, '-')}.evidence.json"`,
    },
  };
}

import {
  type BlockAnswer,
  blockRoutes,
  bytesFromBase64Url,
  headerFields,
  headersAnswerSchema,
} from '@triflow/api/routes';
import { decodeCommitCertificate, textFromHash } from '@triflow/protocol';
import { type CallOptions, type Deadline, underDeadline } from '../deadline.js';
import { TriflowError } from '../errors/triflowError.js';
import type { VerifiedHeader } from '../verify/verifyHeader.js';
import { callNode } from './callNode.js';
import type { ClientCore } from './clientCore.js';

/** A block's header as the validators signed it. */
export interface ProvedBlock {
  readonly height: number;
  readonly timeMs: number;
  readonly blockId: string;
  /** In the JSON form of the API. */
  readonly header: BlockAnswer['header'];
  /** The round that decided it: 0 unless something went wrong before. */
  readonly round: number;
  /** Validators that signed, by id, and how many there are. */
  readonly signedBy: readonly string[];
  readonly of: number;
}

/**
 * Reads a block's header from the bytes that a quorum signed, whatever else a node says of it; its
 * transactions are proved one by one. Verified even under `verify: 'never'`. Errors:
 * `BLOCK_NOT_FOUND`, `VERIFICATION_FAILED`, `TRUST_EXPIRED`, those of the node.
 */
export async function proveBlock(
  core: ClientCore,
  height: number,
  options: CallOptions = {},
): Promise<ProvedBlock> {
  const { signal, timeoutMs = core.timeoutMs } = options;
  return underDeadline(core.environment, { signal, timeoutMs }, async (deadline) => {
    const { verified, certificate } = await readHeader(core, height, deadline);
    const { header, valueId, signedBy, of } = verified;
    const decoded = decodeCommitCertificate(certificate);
    if (!decoded.ok) throw new TriflowError('VERIFICATION_FAILED', decoded.fault.message);
    const { round } = decoded.value;
    const facts = { height, timeMs: header.timeMs, blockId: textFromHash(valueId), round };
    return { ...facts, header: headerFields(header), signedBy, of };
  });
}

interface ReadHeader {
  readonly verified: VerifiedHeader;
  readonly certificate: Uint8Array;
}

async function readHeader(
  core: ClientCore,
  height: number,
  deadline: Deadline,
): Promise<ReadHeader> {
  await core.chain.anchor(deadline);
  const call = { route: blockRoutes.getHeaders, query: { from: height, to: height } };
  const expected = core.chain.expected();
  const { value, answer } = await callNode(core, expected, deadline, call, headersAnswerSchema);
  const { node } = answer;
  const [first] = value.data;
  if (first === undefined) throw new TriflowError('BLOCK_NOT_FOUND', `${node}: no block ${height}`);
  const header = bytesFromBase64Url(first.header);
  const certificate = bytesFromBase64Url(first.certificate);
  if (header === undefined || certificate === undefined) throw refused(node, 'not base64url');
  const verified = await core.chain.verify({ header, certificate, node }, deadline);
  if (verified.header.height !== height) {
    throw refused(node, `${verified.header.height} is not height ${height}`);
  }
  return { verified, certificate };
}

function refused(node: string, message: string): TriflowError {
  const options = { node, phase: 'verify' as const };
  return new TriflowError('VERIFICATION_FAILED', `${node}: ${message}`, options);
}

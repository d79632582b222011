import { blockRoutes, bytesFromBase64Url, headersAnswerSchema } from '@triflow/api/routes';
import { decodeCommitCertificate, decodeHeader } from '@triflow/protocol';
import { type CallOptions, underDeadline } from '../deadline.js';
import { TriflowError } from '../errors/triflowError.js';
import { callNode } from './callNode.js';
import type { ClientCore } from './clientCore.js';

/** What a header and its certificate say. */
export interface HeaderFacts {
  readonly height: number;
  readonly timeMs: number;
  readonly builder: string;
  readonly txCount: number;
  /** The round that decided: 0 unless something went wrong before. */
  readonly round: number;
  /** Indexes into the validator set, of those whose signatures the certificate carries. */
  readonly signers: readonly number[];
  readonly validatorsHash: string;
}

/** Headers of a stretch of heights, ends included, at most 100; the node's own word. */
export async function readHeaders(
  core: ClientCore,
  { from, to }: { readonly from: number; readonly to: number },
  options: CallOptions = {},
): Promise<readonly HeaderFacts[]> {
  const { signal, timeoutMs = core.timeoutMs } = options;
  return underDeadline(core.environment, { signal, timeoutMs }, async (deadline) => {
    const call = { route: blockRoutes.getHeaders, query: { from, to } };
    const expected = core.chain.expected();
    const { value } = await callNode(core, expected, deadline, call, headersAnswerSchema);
    return value.data.map(({ header, certificate }) => factsOf(header, certificate));
  });
}

function factsOf(headerText: string, certificateText: string): HeaderFacts {
  const header = decodeHeader(bytesFromBase64Url(headerText) ?? new Uint8Array(0));
  const certificate = decodeCommitCertificate(
    bytesFromBase64Url(certificateText) ?? new Uint8Array(0),
  );
  if (!header.ok || !certificate.ok) {
    throw new TriflowError('VERIFICATION_FAILED', 'a header that is none');
  }
  const { height, timeMs, builder, txCount, validatorsHash } = header.value;
  const { round, entries } = certificate.value;
  const signers = entries.map(([index]) => index);
  return { height, timeMs, builder, txCount, round, signers, validatorsHash };
}

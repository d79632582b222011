import type { ClientCore } from '../client/clientCore.js';
import { type CallOptions, underDeadline } from '../deadline.js';
import { type EvidenceExplanation, explainEvidence } from '../verify/explainEvidence.js';

/** Explains an evidence file to a reader who trusts what this client trusts. */
export async function explain(
  core: ClientCore,
  bytes: Uint8Array,
  options: CallOptions = {},
): Promise<EvidenceExplanation> {
  const { signal, timeoutMs = core.timeoutMs } = options;
  return underDeadline(core.environment, { signal, timeoutMs }, async (deadline) => {
    return explainEvidence(bytes, core.chain.trust(await core.chain.anchor(deadline)));
  });
}

import { writeFile } from 'node:fs/promises';
import { type Client, coreOfClient } from '../createClient.js';
import type { EvidenceReport } from '../verify/verifyEvidence.js';
import { createEvidence, type EvidenceOptions } from './createEvidence.js';

/** Makes an evidence file and writes it to disk; gives what it proves. */
export async function saveEvidence(
  client: Client,
  about: string | readonly string[],
  path: string,
  options?: EvidenceOptions,
): Promise<EvidenceReport> {
  const { bytes, report } = await createEvidence(coreOfClient(client), about, options);
  await writeFile(path, bytes);
  return report;
}

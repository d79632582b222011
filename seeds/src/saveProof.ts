import { readFile } from 'node:fs/promises';
import { saveEvidence } from '@triflow/sdk/node';
import { type EvidenceReport, verifyEvidence } from '@triflow/sdk/verify';
import { expectSame } from './scenarioError.js';
import type { Stage } from './stage.js';

/** Saves evidence, then reads the file again and verifies it as a stranger would. */
export async function saveProof(
  { cast, tally }: Stage,
  alias: string,
  about: readonly string[],
  path: string,
): Promise<EvidenceReport> {
  const { genesisHash, client } = cast;
  await saveEvidence(client(alias), about, path);
  const report = verifyEvidence(new Uint8Array(await readFile(path)), { genesisHash });
  const proved = report.items.length + report.transactions.length;
  // Two receipts of one holder share the key of its floating liens.
  expectSame(`what ${path} proves`, proved, new Set(about).size);
  tally.readsVerified += 1;
  return report;
}

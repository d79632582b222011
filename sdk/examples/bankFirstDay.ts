import { fileURLToPath } from 'node:url';
import { fromDevnet } from '@triflow/sdk/devnet';
import { saveEvidence } from '@triflow/sdk/node';

/** What a bank looks at on its first day; `pnpm demo` has put it on the devnet. */
export interface FirstDay {
  /** The devnet's `devnet.json`. */
  readonly devnet: string;
  readonly receipt: string;
  readonly pledge: string;
  /** Where the evidence goes. */
  readonly evidence: string;
}

/**
 * A bank's first day: is the receipt real, does anything encumber it, what did the price do to the
 * loan, and what can be shown to an auditor. Every read is checked in this process.
 */
export async function bankFirstDay(day: FirstDay, say: (line: string) => void): Promise<string[]> {
  const bank = await fromDevnet(day.devnet, { as: 'bank-yangtze', timeoutMs: 30_000 });

  // Provenance: each record of the tree is the one that the validators signed.
  const trace = await bank.trace(day.receipt, { prove: true });
  say(`${day.receipt} comes from ${trace.root.origins.map(({ id }) => id).join(', ')}`);
  if (trace.flags.length > 0) say(`flags: ${trace.flags.join(', ')}`);

  // Encumbrances: complete, because each list stands under one key.
  const liens = await bank.liens.complete(day.receipt);
  const found = [...liens.onReceipt, ...liens.onLot, ...liens.onHolder];
  say(`${found.length} liens, proved by ${liens.verified?.signers} of ${liens.verified?.of}`);

  // The pledge, valued anew at the newest price that the oracles have agreed on.
  const tx = await bank.pledges.revalue({ id: day.pledge });
  const done = await tx.commit();
  say(`${day.pledge} valued at height ${done.height}`);

  // How the price came to a margin call: the story from its beginning.
  const types = ['margin_call.issued'];
  for await (const event of bank.events.follow({ types, subject: day.pledge })) {
    say(`margin call on ${day.pledge} at height ${event.height}`);
    break;
  }

  // For the auditor, who needs no node: triflow verify FILE --trust genesis.json
  const report = await saveEvidence(bank, [...liens.keys, day.pledge], day.evidence);
  for (const sentence of report.sentences) say(sentence);
  return [...report.sentences];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [devnet = '.triflow/devnet/devnet.json', evidence = 'bank.evidence.json'] =
    process.argv.slice(2);
  const day = { devnet, evidence, receipt: 'wr_0007', pledge: 'pl_0004' };
  await bankFirstDay(day, (line) => process.stdout.write(`${line}\n`));
}

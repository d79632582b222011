import { startDevnet } from '@triflow/devnet';
import { Command } from 'commander';
import { runRequests } from './httpRequests.js';

const REQUESTS = 5_000;

await main();

/** `pnpm requests`: a node under requests made from its OpenAPI document. */
async function main(): Promise<void> {
  const { requests, from } = new Command('requests')
    .description('valid and broken requests to every operation of a node; each answer is judged')
    .option('--requests <n>', 'at least so many', Number, REQUESTS)
    .option('--from <seed>', 'what they are drawn from', Number, 1)
    .parse()
    .opts<{ readonly requests: number; readonly from: number }>();
  const net = await startDevnet({ nodes: 1 });
  try {
    const { made, broken, seen, faults } = await runRequests(net, { requests, seed: from });
    const alive = net.nodes[0]?.state === 'running' ? [] : ['the node does not run any more'];
    const counts = [...seen].sort(([, a], [, b]) => b - a).map(([kind, n]) => `${kind} ${n}`);
    for (const what of [...faults, ...alive]) process.stdout.write(`FAILED ${oneLine(what)}\n`);
    process.stdout.write(`${made} requests, ${broken} broken: ${counts.join(', ')}\n`);
    process.exitCode = faults.length + alive.length === 0 && made >= requests ? 0 : 1;
  } finally {
    await net.stop();
  }
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ');
}

import { readFile } from 'node:fs/promises';
import type { Devnet } from '@triflow/devnet';
import { onTestFailed } from 'vitest';

const LINES = 25;

/** Call first in a test: should it fail, what each node logged last is told before it is deleted. */
export function tellLogsWhenFailing(net: Devnet): void {
  onTestFailed(async () => {
    for (const { nodeId, state, log } of net.nodes) {
      const text = log === null ? '' : await readFile(log, 'utf8').catch(() => '');
      const last = text.trimEnd().split('\n').slice(-LINES).join('\n');
      process.stderr.write(`--- ${nodeId}, ${state} ---\n${last}\n`);
    }
  });
}

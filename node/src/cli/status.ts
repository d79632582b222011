import { CodedError } from '@triflow/protocol';
import { Command } from 'commander';

interface StatusOptions {
  readonly node: string;
  readonly ops: string;
  readonly json?: boolean;
}

interface ReadyAnswer {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, { ok: boolean; value: unknown; reason?: string }>>;
}

const TIMEOUT_MS = 5_000;

/** `triflow status`: where a running node stands and why it is not ready. */
export function statusCommand(): Command {
  return new Command('status')
    .description('ask a running node where it stands')
    .option('--node <url>', 'its HTTP address', 'http://127.0.0.1:7400')
    .option('--ops <url>', 'its operations address', 'http://127.0.0.1:7402')
    .option('--json', 'answer as JSON')
    .action(async (options: StatusOptions) => status(options));
}

async function status(options: StatusOptions): Promise<void> {
  const info = (await ask(`${options.node}/v1/info`)) as Record<string, unknown>;
  const ready = (await ask(`${options.ops}/readyz`)) as ReadyAnswer;
  if (options.json === true) {
    process.stdout.write(`${JSON.stringify({ info, ready })}\n`);
    return;
  }
  const { chainId, nodeId, role, height } = info;
  process.stdout.write(`${String(role)} ${String(nodeId)} of ${String(chainId)}\n`);
  process.stdout.write(`height ${String(height)}   ${ready.ready ? 'ready' : 'not ready'}\n`);
  for (const [name, check] of Object.entries(ready.checks)) {
    const mark = check.ok ? 'ok  ' : 'FAIL';
    const reason = check.reason === undefined ? '' : `   ${check.reason}`;
    process.stdout.write(`  ${mark} ${name.padEnd(10)} ${String(check.value)}${reason}\n`);
  }
}

async function ask(url: string): Promise<unknown> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return await answer.json();
  } catch (cause) {
    throw new CodedError('TRANSPORT_FAILED', `no node answers at ${url}`, { cause });
  }
}

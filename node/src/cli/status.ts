import { setTimeout as delay } from 'node:timers/promises';
import { CodedError } from '@triflow/protocol';
import { openDevnet } from '@triflow/sdk/devnet';
import { Command } from 'commander';
import { type OutputOptions, print } from './output.js';
import { type Flags, findSettings, nodeUrl } from './settings.js';

interface StatusOptions extends Flags, OutputOptions {
  readonly ops?: string;
  readonly watch?: boolean;
}

interface ReadyAnswer {
  readonly ready: boolean;
  readonly checks: Readonly<Record<string, { ok: boolean; value: unknown; reason?: string }>>;
}

const TIMEOUT_MS = 5_000;
const WATCH_EVERY_MS = 1_000;
/** Operations listen two ports above HTTP where nobody says otherwise. */
const OPS_OFFSET = 2;

/** `triflow status`: where a running node stands and why it is not ready. */
export function statusCommand(): Command {
  return new Command('status')
    .description('ask a running node where it stands')
    .option('--node <url>', 'its HTTP address')
    .option('--ops <url>', 'its operations address; two ports above when left out')
    .option('-w, --watch', 'say it again every second, until Ctrl-C')
    .option('--profile <name>', 'a profile of triflow.toml')
    .option('--devnet <file>', 'the devnet.json of a devnet: its first node')
    .option('--json', 'answer as JSON')
    .action(async (options: StatusOptions) => status(options));
}

async function status(options: StatusOptions): Promise<void> {
  const { node, ops } = await addressesOf(options);
  for (;;) {
    const info = (await ask(`${node}/v1/info`)) as Record<string, unknown>;
    const ready = (await ask(`${ops}/readyz`)) as ReadyAnswer;
    print(options, { info, ready }, linesOf(info, ready));
    if (options.watch !== true) return;
    await delay(WATCH_EVERY_MS);
  }
}

function linesOf(info: Record<string, unknown>, { ready, checks }: ReadyAnswer): string[] {
  const { chainId, nodeId, role, height } = info;
  return [
    `${String(role)} ${String(nodeId)} of ${String(chainId)}`,
    `height ${String(height)}   ${ready ? 'ready' : 'not ready'}`,
    ...Object.entries(checks).map(([name, check]) => {
      const reason = check.reason === undefined ? '' : `   ${check.reason}`;
      const mark = check.ok ? 'ok  ' : 'FAIL';
      return `  ${mark} ${name.padEnd(10)} ${String(check.value)}${reason}`;
    }),
  ];
}

/** The node meant by flag, setting or a devnet found here, and its operations port. */
async function addressesOf(options: StatusOptions): Promise<{ node: string; ops: string }> {
  const settings = findSettings(options);
  const { node: stated, devnet } = settings;
  const file = devnet.value;
  const found = stated.value === undefined && file !== undefined ? await firstOf(file) : undefined;
  const node = found ?? nodeUrl(settings).split(',')[0] ?? '';
  if (!/^https?:\/\//.test(node) || !URL.canParse(node)) {
    throw new CodedError('REQUEST_INVALID', `--node ${node} is no http address`);
  }
  return { node, ops: options.ops ?? opsOf(node) };
}

async function firstOf(devnetFile: string): Promise<string | undefined> {
  return (await openDevnet(devnetFile)).urls[0];
}

function opsOf(node: string): string {
  const { hostname, port } = new URL(node);
  return `http://${hostname}:${Number(port) + OPS_OFFSET}`;
}

async function ask(url: string): Promise<unknown> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return await answer.json();
  } catch (cause) {
    throw new CodedError('TRANSPORT_FAILED', `no node answers at ${url}`, { cause });
  }
}

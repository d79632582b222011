import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Devnet } from '@triflow/devnet';
import { CodedError, defined } from '@triflow/protocol';
import { memoryOf, processorMs } from './processUse.js';

const PROGRAM = fileURLToPath(new URL('gatewayProgram.js', import.meta.url));
const TASKSET = '/usr/bin/taskset';
const MIB = 1_048_576;
const PARALLEL = 64;

export interface BenchGatewayOptions {
  readonly net: Devnet;
  readonly home: string;
  /** More lines of `[devices]`. */
  readonly devices: string;
  /** Kept on one processor where the system can. */
  readonly pinned: boolean;
}

export interface GatewayStatus {
  readonly intake: { readonly taken: number };
  readonly forwarded: {
    readonly committed: number;
    readonly duplicates: number;
    readonly waiting: number;
  };
  readonly quarantined: number;
  readonly spoolBytes: number;
}

/** A gateway in a process of its own, with what it costs. */
export interface BenchGateway {
  readonly url: string;
  /** Of the process, all threads. */
  processorMs(): Promise<number>;
  /** Resident, its own, in MiB. */
  memoryMib(): Promise<number>;
  status(): Promise<GatewayStatus>;
  /** Sends messages over HTTP; gives how many were taken before the first refusal. */
  post(texts: readonly string[]): Promise<{ readonly taken: number; readonly refusal?: string }>;
  stop(): Promise<void>;
}

/** Starts it and waits until it listens. */
export async function startBenchGateway(options: BenchGatewayOptions): Promise<BenchGateway> {
  const isPinned = options.pinned && existsSync(TASKSET);
  const before = isPinned ? [TASKSET, '-c', '0'] : [];
  const [command = '', ...args] = [
    ...before,
    process.execPath,
    PROGRAM,
    join(options.home, 'gateway'),
    configOf(options),
  ];
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] });
  const url = await firstLine(child);
  const pid = defined(child.pid, 'the gateway runs');
  return {
    url,
    processorMs: async () => (await processorMs(pid)) ?? 0,
    memoryMib: async () => ((await memoryOf(pid)) ?? 0) / MIB,
    status: async () => (await fetch(`${url}/v1/devices`)).json() as Promise<GatewayStatus>,
    post: (texts) => post(url, texts),
    async stop() {
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}

function configOf({ net, devices }: BenchGatewayOptions): string {
  const { nodes, genesisHash } = net.describe();
  return `
[gateway]
logLevel = "silent"
[chain]
nodes = [${nodes.map(({ http }) => JSON.stringify(http)).join(', ')}]
genesisHash = "${genesisHash}"
[account]
keystore = "unused"
[http]
port = 0
[submit]
deadlineMs = 10000
[devices]
enabled = true
maxDelayMs = 500
${devices}
`;
}

async function firstLine(child: ChildProcess): Promise<string> {
  const lines = createInterface({ input: defined(child.stdout ?? undefined, 'stdout') });
  for await (const line of lines) return line;
  throw new CodedError('INTERNAL', 'the gateway did not start');
}

async function post(
  url: string,
  texts: readonly string[],
): Promise<{ readonly taken: number; readonly refusal?: string }> {
  const headers = { 'content-type': 'application/json' };
  let next = 0;
  let taken = 0;
  let refusal: string | undefined;
  const worker = async (): Promise<void> => {
    for (let text = texts[next++]; text !== undefined; text = texts[next++]) {
      if (refusal !== undefined) return;
      const answer = await fetch(`${url}/v1/readings`, { method: 'POST', headers, body: text });
      const said = await answer.text();
      if (answer.status === 202) taken += 1;
      else refusal = `${answer.status} ${said}`;
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, worker));
  return refusal === undefined ? { taken } : { taken, refusal };
}

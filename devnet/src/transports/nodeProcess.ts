import { type ChildProcess, spawn } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { assert, CodedError } from '@triflow/protocol';
import { z } from 'zod';
import type { NodeState } from '../devnetFile.js';
import type { DevnetNode, NodeAddresses, NodeStartOptions } from '../devnetNode.js';

const START_MS = 60_000;
const STOP_MS = 15_000;
const LOG_TAIL_BYTES = 4_096;

/** What the exit codes of `triflow start` mean (experience section 3). */
const exitCodes: Readonly<Record<number, string>> = {
  10: 'CONFIG_INVALID',
  11: 'GENESIS_MISMATCH',
  12: 'STORE_LOCKED',
  13: 'PORT_IN_USE',
  14: 'STORE_CORRUPT',
  15: 'STORE_FULL',
  16: 'NODE_HALTED',
};

const listeningSchema = z.object({
  event: z.literal('listening'),
  http: z.string(),
  p2p: z.string(),
  ops: z.string(),
  pid: z.number().int(),
  height: z.number().int(),
});

export interface NodeProcessOptions extends NodeAddresses {
  readonly index: number;
  readonly nodeId: string;
  readonly role: 'validator' | 'observer';
  readonly addKey: (label: string) => Promise<void>;
  readonly home: string;
  readonly log: string;
  /** Arguments of the runtime, before those of the program. */
  readonly execArgv: readonly string[];
  /** Whether the node keeps nothing on disk, so that a restart would forget its votes. */
  readonly forgetful: boolean;
  /** Whether its key has never signed: only then it may begin without a log. */
  readonly fresh: boolean;
  /** Called whenever pid or state have changed. */
  readonly onChange: () => void;
}

/** A node as a process of the operating system: `triflow start`, ended with its parent. */
export class NodeProcess implements DevnetNode {
  readonly index: number;
  readonly nodeId: string;
  readonly role: 'validator' | 'observer';
  readonly home: string;
  readonly log: string;
  readonly http: string;
  readonly p2p: string;
  readonly ops: string;
  readonly #options: NodeProcessOptions;
  #child: ChildProcess | undefined;
  #ended: Promise<void> = Promise.resolve();
  #state: NodeState = 'stopped';
  #everStarted = false;
  #everSpawned = false;

  constructor(options: NodeProcessOptions) {
    this.#options = options;
    this.index = options.index;
    this.nodeId = options.nodeId;
    this.role = options.role;
    this.home = options.home;
    this.log = options.log;
    this.http = options.http;
    this.p2p = options.p2p;
    this.ops = options.ops;
  }

  get state(): NodeState {
    return this.#state;
  }

  get pid(): number | null {
    return this.#child?.pid ?? null;
  }

  addKey(label: string): Promise<void> {
    return this.#options.addKey(label);
  }

  async start(options: NodeStartOptions = {}): Promise<void> {
    if (this.#state === 'running' || this.#state === 'starting') return;
    if (this.#state === 'paused') throw refused(`${this.nodeId} is paused: resume it`);
    if (this.#everStarted && this.#options.forgetful) {
      throw refused(`${this.nodeId} kept nothing: a validator may not come back without its votes`);
    }
    await this.#ended;
    this.#everStarted = true;
    this.#set('starting');
    const child = await this.#spawn(options);
    try {
      await this.#untilListening(child);
    } catch (error) {
      child.kill('SIGKILL');
      await this.#ended;
      throw error;
    }
    this.#set('running');
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#set('stopped');
    child.kill('SIGCONT');
    child.kill('SIGTERM');
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    await this.#ended;
    clearTimeout(late);
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#set('killed');
    child.kill('SIGKILL');
    await this.#ended;
  }

  async pause(): Promise<void> {
    if (this.#state === 'paused') return;
    if (this.#state !== 'running') throw refused(`${this.nodeId} is ${this.#state}`);
    this.#child?.kill('SIGSTOP');
    this.#set('paused');
  }

  async resume(): Promise<void> {
    if (this.#state !== 'paused') return;
    this.#child?.kill('SIGCONT');
    this.#set('running');
  }

  async #spawn({ endQuarantine = false }: NodeStartOptions): Promise<ChildProcess> {
    const log = await open(this.log, 'a');
    const fresh = this.#options.fresh && !this.#everSpawned ? ['--fresh'] : [];
    this.#everSpawned = true;
    const program = [...this.#options.execArgv, nodeProgram()];
    const word = endQuarantine ? ['--end-quarantine'] : [];
    const args = [...program, 'start', '--home', this.home, '--json', ...fresh, ...word];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', log.fd, 'ipc'] });
    await log.close();
    this.#child = child;
    this.#ended = new Promise((resolve) => {
      const end = (): void => {
        this.#child = undefined;
        const expected = this.#state === 'stopped' || this.#state === 'killed';
        this.#set(expected ? this.#state : 'failed');
        resolve();
      };
      child.once('exit', end);
      child.once('error', end);
    });
    return child;
  }

  #untilListening(child: ChildProcess): Promise<void> {
    const { stdout } = child;
    assert(stdout !== null, 'node process: its output');
    const lines = createInterface({ input: stdout });
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => {
        reject(new CodedError('NODE_SYNCING', `${this.nodeId} did not start in ${START_MS} ms`));
      }, START_MS);
      lines.on('line', (line) => {
        if (!isListening(line)) return;
        clearTimeout(late);
        resolve();
      });
      child.once('exit', (code, signal) => {
        clearTimeout(late);
        this.#failure(code, signal).then(reject, reject);
      });
    });
  }

  /** Why it ended before it served: its exit code and its last sentence. */
  async #failure(code: number | null, signal: NodeJS.Signals | null): Promise<CodedError> {
    const text = await readFile(this.log, 'utf8').catch(() => '');
    const sentences = text.slice(-LOG_TAIL_BYTES).trimEnd().split('\n');
    const last = sentences.findLast((line) => line !== '' && !line.startsWith('{')) ?? '';
    const known = exitCodes[code ?? -1] ?? 'INTERNAL';
    const how = signal === null ? `exit code ${code}` : signal;
    return new CodedError(known, `${this.nodeId} did not start (${how}). ${last}`.trimEnd(), {
      details: { nodeId: this.nodeId, exitCode: code, signal, log: this.log },
    });
  }

  #set(state: NodeState): void {
    this.#state = state;
    this.#options.onChange();
  }
}

/** The operator program of the node package, as it was built. */
export function nodeProgram(): string {
  try {
    const library = createRequire(import.meta.url).resolve('@triflow/node');
    return resolve(dirname(library), '..', 'bin', 'triflow.mjs');
  } catch (cause) {
    throw new CodedError('CONFIG_INVALID', 'the node is not built: run pnpm build first', {
      cause,
    });
  }
}

function isListening(line: string): boolean {
  try {
    return listeningSchema.safeParse(JSON.parse(line)).success;
  } catch {
    return false;
  }
}

function refused(message: string): CodedError {
  return new CodedError('REQUEST_INVALID', message);
}

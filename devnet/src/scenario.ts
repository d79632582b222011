import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { assert, CodedError } from '@triflow/protocol';
import { z } from 'zod';

const PROGRAM = new URL('../../seeds/bin/triflow-seeds.mjs', import.meta.url);
const END_MS = 5_000;

const lineSchema = z.object({
  event: z.literal('line'),
  kind: z.enum(['goods', 'money', 'data', 'alert']),
  text: z.string(),
  height: z.number().int().optional(),
});
const markSchema = z.object({
  event: z.literal('mark'),
  name: z.string(),
  days: z.number().int().optional(),
});
const doneSchema = z.looseObject({ event: z.literal('done') });
const eventSchema = z.discriminatedUnion('event', [lineSchema, markSchema, doneSchema]);

export type ScenarioLine = z.infer<typeof lineSchema>;
/** The scenario's own summary; its members are those of the seeds program. */
export type ScenarioSummary = Readonly<Record<string, unknown>>;

export interface ScenarioOptions {
  readonly name: string;
  readonly devnetFile: string;
  /** More arguments for the program. */
  readonly arguments?: readonly string[];
  readonly onLine?: (line: ScenarioLine) => void;
  readonly onMark?: (name: string) => void;
  /** Lets so many days pass on the network, which the scenario waits for. */
  readonly onDays?: (days: number) => void;
  readonly signal?: AbortSignal;
}

/** Names of the scenarios, in the order in which all are played; the last lets days pass. */
export const scenarioNames = [
  'fuel-oil',
  'double-pledge',
  'vaccine',
  'livestock',
  'receivable-tiers',
] as const;

/** The scenarios of a word: all of them in their order, or the one that it names. */
export function scenariosOf(word: string): readonly string[] {
  return word === 'all' ? scenarioNames : [word];
}

/** Whether the seeds program is installed beside this one. */
export function hasScenarios(): boolean {
  return existsSync(PROGRAM);
}

/**
 * Plays a scenario by running the seeds program against a devnet. Throws CONFIG_INVALID when it is
 * not installed, ABORTED when the signal says so, INTERNAL with its last words when it fails.
 */
export async function playScenario(options: ScenarioOptions): Promise<ScenarioSummary> {
  if (!hasScenarios()) {
    throw new CodedError('CONFIG_INVALID', 'the seeds program is not installed');
  }
  const { name, devnetFile, signal } = options;
  const more = options.arguments ?? [];
  const args = [fileURLToPath(PROGRAM), name, '--devnet', devnetFile, '--json', ...more];
  if (options.onDays !== undefined) args.push('--clock-follows');
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const onAbort = (): void => endChild(child);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await untilDone(child, options);
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

async function untilDone(child: ChildProcess, options: ScenarioOptions): Promise<ScenarioSummary> {
  const { stdout, stderr } = child;
  assert(stdout !== null && stderr !== null, 'scenario: its output');
  let summary: ScenarioSummary | undefined;
  let words = '';
  stderr.on('data', (chunk) => {
    words = `${words}${chunk}`.slice(-2_000);
  });
  const lines = createInterface({ input: stdout });
  lines.on('line', (text) => {
    const event = eventFrom(text);
    if (event?.event === 'line') options.onLine?.(event);
    if (event?.event === 'mark') options.onMark?.(event.name);
    if (event?.event === 'mark' && event.days !== undefined) options.onDays?.(event.days);
    if (event?.event === 'done') {
      const { event: _event, ...facts } = event;
      summary = facts;
    }
  });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code));
  });
  const code = await ended;
  if (options.signal?.aborted === true) throw new CodedError('ABORTED', 'the scenario was stopped');
  if (code === 0 && summary !== undefined) return summary;
  const last = words.trimEnd().split('\n').at(-1) ?? '';
  const message = `scenario ${options.name} ended with ${code}: ${last}`;
  throw new CodedError('INTERNAL', message, { details: { exitCode: code, words } });
}

function endChild(child: ChildProcess): void {
  child.kill('SIGTERM');
  setTimeout(() => child.kill('SIGKILL'), END_MS).unref();
}

function eventFrom(text: string): z.infer<typeof eventSchema> | undefined {
  try {
    const parsed = eventSchema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

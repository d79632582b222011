import { open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Argument, type Command } from 'commander';
import { z } from 'zod';
import { type CommonOptions, descriptionIn, homeOf, nodeArgument, verb } from './arguments.js';
import { paint } from './output.js';
import { catchSignals } from './signals.js';

const POLL_MS = 200;
const CHUNK_BYTES = 64 * 1_024;

const levels: Readonly<Record<number, string>> = {
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
};

const entrySchema = z.looseObject({
  level: z.number(),
  time: z.number(),
  msg: z.string(),
});

interface LogOptions extends CommonOptions {
  readonly follow?: boolean;
}

interface LogFile {
  readonly nodeId: string;
  readonly path: string;
  offset: number;
  rest: string;
}

/** `logs`: what nodes have logged, all or one; `-f` goes on until a signal. */
export function logsCommand(): Command {
  return verb('logs', 'what nodes have logged')
    .addArgument(new Argument('[node]', 'index or id; default all').argParser(nodeArgument))
    .option('-f, --follow', 'go on as more is logged')
    .action(async (node: number | undefined, options: LogOptions) => {
      const { nodes } = await descriptionIn(homeOf(options));
      const files = nodes
        .filter(({ index, log }) => log !== null && (node === undefined || node === index))
        .map(({ nodeId, log }) => ({ nodeId, path: log ?? '', offset: 0, rest: '' }));
      const raw = options.json === true;
      for (const file of files) await printNew(file, raw);
      if (options.follow !== true) return;
      const signals = catchSignals();
      while (!signals.signal.aborted) {
        for (const file of files) await printNew(file, raw);
        await sleep(POLL_MS, undefined, { signal: signals.signal }).catch(() => undefined);
      }
      signals.release();
    });
}

/** Prints whole lines that have come since the last time. */
async function printNew(file: LogFile, raw: boolean): Promise<void> {
  const size = await stat(file.path).then(
    (found) => found.size,
    () => 0,
  );
  if (size < file.offset) file.offset = 0;
  if (size === file.offset) return;
  const handle = await open(file.path, 'r');
  try {
    const buffer = Buffer.alloc(CHUNK_BYTES);
    while (file.offset < size) {
      const { bytesRead } = await handle.read(buffer, 0, CHUNK_BYTES, file.offset);
      if (bytesRead === 0) break;
      file.offset += bytesRead;
      const lines = (file.rest + buffer.toString('latin1', 0, bytesRead)).split('\n');
      file.rest = lines.pop() ?? '';
      for (const line of lines) process.stdout.write(`${textOfLine(file, line, raw)}\n`);
    }
  } finally {
    await handle.close();
  }
}

/** Whole lines are decoded, so that no character is cut in two. */
function textOfLine({ nodeId }: LogFile, latin: string, raw: boolean): string {
  const line = Buffer.from(latin, 'latin1').toString('utf8');
  if (raw) return line;
  const entry = entryFrom(line);
  if (entry === undefined) return `${nodeId}  ${line}`;
  const { level, time, msg, chain: _chain, node: _node, ...facts } = entry;
  const clock = new Date(time).toISOString().slice(11, 23);
  const name = levels[level] ?? String(level);
  const shown = Object.entries(facts).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const text = `${nodeId}  ${clock} ${name.padEnd(5)} ${msg} ${shown.join(' ')}`.trimEnd();
  return level >= 40 ? paint(level >= 50 ? 'red' : 'yellow', text) : text;
}

function entryFrom(line: string): z.infer<typeof entrySchema> | undefined {
  try {
    const parsed = entrySchema.safeParse(JSON.parse(line));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

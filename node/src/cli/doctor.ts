import { writeFile } from 'node:fs/promises';
import { hostname, platform, release, totalmem } from 'node:os';
import { resolve } from 'node:path';
import { CodedError } from '@triflow/protocol';
import { Command } from 'commander';
import { type Examination, examineHome } from '../doctor/examineHome.js';
import type { Finding } from '../doctor/finding.js';
import { repairsFor } from '../doctor/repairHome.js';
import { exitCodeOf } from '../exitCodeOf.js';
import { version } from '../version.js';
import { confirm } from './confirm.js';
import { jsonText, type OutputOptions, print, remark } from './output.js';
import { firstLine } from './password.js';
import { padText } from './textWidth.js';

const JSON_INDENT = 2;
const MARKS = { error: 'ERROR', warning: 'WARN', note: 'note', ok: 'ok' } as const;
const WARNED = 1;

interface DoctorOptions extends OutputOptions {
  readonly home: string;
  readonly node?: string;
  readonly passwordFile?: string;
  readonly bundle?: string;
  readonly fix?: boolean;
  readonly yes?: boolean;
}

/** `triflow doctor`: what is wrong with a node's home, why, and the safe next step. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('look at everything that a node needs; changes nothing unless --fix')
    .option('--home <dir>', 'the node’s home', '.')
    .option('--node <url>', 'another node to compare chain, height and clock with')
    .option('--password-file <file>', 'open the key files with this password, too')
    .option('--bundle <file>', 'keep the report for somebody who helps; no secret is in it')
    .option('--fix', 'do the repairs that are safe; data is put aside, never deleted')
    .option('--yes', 'do not ask before data is put aside')
    .option('--quiet', 'say only what is not in order')
    .option('--json', 'answer as JSON')
    .action(doctor);
}

/**
 * 0 nothing is to be done, 1 warnings only, else what `triflow start` would end with: 10 bad
 * configuration, 11 another genesis, 12 lock held, 13 port in use, 14 damaged data, 15 disk full.
 */
export function exitCodeOfFindings(findings: readonly Finding[]): number {
  const worst = findings.find(({ severity }) => severity === 'error');
  if (worst !== undefined) return exitCodeOf(new CodedError(worst.code ?? 'INTERNAL', worst.what));
  return findings.some(({ severity }) => severity === 'warning') ? WARNED : 0;
}

async function doctor(options: DoctorOptions): Promise<void> {
  const examination = await examine(options);
  const { findings } = examination;
  const exitCode = exitCodeOfFindings(findings);
  const report = reportOf(examination, resolve(options.home), exitCode);
  if (options.bundle !== undefined) await keepBundle(options.bundle, report);
  print({ ...options, quiet: false }, report, linesOf(findings, options));
  process.exitCode = exitCode;
  if (options.fix === true) await fix(examination, options);
}

async function examine(options: DoctorOptions): Promise<Examination> {
  const node = options.node?.replace(/\/$/, '');
  return examineHome({
    home: resolve(options.home),
    nowMs: Date.now(),
    password: (configured) => passwordOf(options.passwordFile ?? configured),
    onStep: (what) => {
      if (process.stderr.isTTY) remark(options, `looking at ${what} ...`);
    },
    ...(node === undefined ? {} : { compareWith: node }),
  });
}

/** The doctor never asks: without a password at hand it says that the keys were not opened. */
async function passwordOf(file: string | undefined): Promise<string | undefined> {
  return file === undefined ? process.env.TRIFLOW_PASSWORD : firstLine(file);
}

async function fix({ findings, place }: Examination, options: DoctorOptions): Promise<void> {
  if (place === undefined) {
    throw new CodedError('CONFIG_INVALID', 'nothing is repaired before triflow.toml can be read');
  }
  if (place.runningPid !== undefined) {
    const message = `the node is running (pid ${place.runningPid}); stop it before --fix`;
    throw new CodedError('STORE_LOCKED', message);
  }
  const repairs = repairsFor(findings, place);
  if (repairs.length === 0) remark(options, 'there is nothing that --fix could mend');
  for (const { what, setsAside, run } of repairs) {
    if (setsAside) await confirm(options, { what, word: place.genesis?.chainId ?? 'yes' });
    remark(options, await run());
  }
}

function reportOf({ findings, head }: Examination, home: string, exitCode: number) {
  const worst = findings[0]?.severity ?? 'ok';
  return { version, home, worst, exitCode, height: head ?? null, findings };
}

function linesOf(findings: readonly Finding[], { quiet }: DoctorOptions): string[] {
  const shown = findings.filter(({ severity }) => quiet !== true || severity !== 'ok');
  const width = Math.max(0, ...shown.map(({ check }) => check.length));
  return shown.flatMap(({ check, severity, what, next, code }) => [
    `${MARKS[severity].padEnd(6)}${padText(check, width)}  ${what}${codeText(code)}`,
    ...(next === undefined ? [] : [`${' '.repeat(8 + width)}next: ${next}`]),
  ]);
}

function codeText(code: string | undefined): string {
  return code === undefined ? '' : ` (${code})`;
}

/** Findings name files, ports and public keys, never passwords, tokens or seeds (R-D7). */
async function keepBundle(file: string, report: object): Promise<void> {
  const machine = {
    host: hostname(),
    system: `${platform()} ${release()}`,
    node: process.versions.node,
    memoryBytes: totalmem(),
    madeAt: new Date().toISOString(),
  };
  try {
    const text = jsonText({ ...report, machine }, JSON_INDENT);
    await writeFile(file, `${text}\n`, { mode: 0o600, flag: 'wx' });
  } catch (cause) {
    const message = `${file} cannot be written, or is there already; nothing was changed`;
    throw new CodedError('REQUEST_INVALID', message, { cause });
  }
}

import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PREFIX = 'triflow-';
const NAME = /^[a-z][a-z0-9-]*$/;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Where `triflow-X` programs are looked for: bin folders upwards, beside this one, then PATH. */
export function programFolders(options: {
  readonly cwd: string;
  readonly here: string;
  readonly path: string;
}): string[] {
  const upwards = [options.cwd, options.here].flatMap((start) => {
    return ancestors(start).map((folder) => join(folder, 'node_modules', '.bin'));
  });
  const path = options.path.split(delimiter).filter((folder) => folder !== '');
  return [...new Set([...upwards, ...path])];
}

/** The file of an installed `triflow-NAME`; undefined when there is none. */
export function findProgram(name: string, folders = standardFolders()): string | undefined {
  if (!NAME.test(name)) return undefined;
  return folders.map((folder) => join(folder, PREFIX + name)).find(isProgram);
}

/** Names of the programs that are installed, for completion and suggestions. */
export function installedPrograms(folders = standardFolders()): string[] {
  const names = folders.filter(existsSync).flatMap((folder) => {
    return readdirSync(folder).filter((name) => name.startsWith(PREFIX));
  });
  return [...new Set(names.map((name) => name.slice(PREFIX.length)))].filter((name) => {
    return NAME.test(name);
  });
}

/** Runs another program in this one's place: its terminal, its signals, its exit code. */
export async function runProgram(file: string, words: readonly string[]): Promise<number> {
  const child = spawn(file, words, { stdio: 'inherit' });
  // The terminal sends the signal to both; the child decides when it is over.
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  for (const signal of SIGNALS) process.on(signal, pass);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => resolve(signal === null ? (code ?? 1) : 1));
    });
  } finally {
    for (const signal of SIGNALS) process.off(signal, pass);
  }
}

function standardFolders(): string[] {
  const here = dirname(fileURLToPath(import.meta.url));
  return programFolders({ cwd: process.cwd(), here, path: process.env.PATH ?? '' });
}

function ancestors(start: string): string[] {
  const parent = dirname(start);
  return parent === start ? [start] : [start, ...ancestors(parent)];
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The project's root. */
export const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

const SKIPPED = new Set(['node_modules', 'dist', '.git', '.triflow', 'coverage']);

export interface SourceFile {
  /** Path from the root, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every TypeScript file of the project. */
export function typescriptFiles(): SourceFile[] {
  return walk(root)
    .filter((path) => /\.(ts|tsx|mjs)$/.test(path))
    .map((path) => ({ path: relative(root, path), text: readFileSync(path, 'utf8') }));
}

/** Source files of a package that are not tests. */
export function productFiles(folder: string): SourceFile[] {
  return typescriptFiles().filter(({ path }) => {
    return path.startsWith(`${folder}/src/`) && !isTest(path);
  });
}

/** Whether a file only serves tests: a test, or what several tests of a package share. */
export function isTest(path: string): boolean {
  const shared = /((testkit|conformance|World|testPeers|[kK]it|Walk|runSteps)\.ts$)|\/testing\//;
  return path.endsWith('.test.ts') || path.startsWith('test/') || shared.test(path);
}

/** Code without comments and the contents of strings, so that words in them do not count. */
export function codeOnly(text: string): string {
  return text
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/(^|[^:])\/\/.*$/gm, '$1')
    .replace(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"/g, "''");
}

/** Module names that a file imports. */
export function importsOf(text: string): string[] {
  const found = text.matchAll(/(?:^|\n)\s*(?:import|export)\s[^;]*?from\s+'([^']+)'/g);
  return [...found].map((match) => match[1] as string);
}

/** Folders inside a folder. */
export function foldersIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !SKIPPED.has(entry.name))
    .map((entry) => entry.name);
}

/** All files under a folder. */
function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? walk(path) : [path];
  });
}

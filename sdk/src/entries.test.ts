import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = import.meta.dirname;

/** All files of the package that an entry reaches, and the modules they name. */
function reached(entry: string): { files: Set<string>; modules: Set<string> } {
  const files = new Set<string>();
  const modules = new Set<string>();
  const visit = (path: string): void => {
    if (files.has(path)) return;
    files.add(path);
    const text = readFileSync(path, 'utf8');
    for (const [, name = ''] of text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)) {
      const own = name.startsWith('@triflow/') ? entryOf(name) : undefined;
      if (name.startsWith('.')) visit(join(dirname(path), name.replace(/\.js$/, '.ts')));
      else if (own !== undefined) visit(own);
      else if (name.startsWith('#')) visit(privateEntry(path, name));
      else modules.add(name);
    }
  };
  visit(join(root, entry));
  return { files, modules };
}

interface Manifest {
  readonly exports: Readonly<Record<string, { readonly source: string }>>;
  readonly imports?: Readonly<Record<string, { readonly browser: { readonly source: string } }>>;
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest;
}

/** The source of an entry of a package of ours, as a bundler for browsers takes it. */
function entryOf(name: string): string {
  const [, short = '', ...rest] = name.split('/');
  const folder = join(root, '../../packages', short);
  const entry = manifestOf(folder).exports[rest.length === 0 ? '.' : `./${rest.join('/')}`];
  expect(entry, name).toBeDefined();
  return join(folder, entry?.source ?? '');
}

/** A package's private name (`#…`) stands for what its manifest gives to browsers. */
function privateEntry(path: string, name: string): string {
  const folder = path.slice(0, path.lastIndexOf('/src/'));
  const source = manifestOf(folder).imports?.[name]?.browser.source;
  expect(source, name).toBeDefined();
  return join(folder, source ?? '');
}

describe('entries', () => {
  it.each(['index.ts', 'verify.ts', 'testing.ts'])(
    '%s runs in a browser: no module of Node',
    (entry) => {
      const { files, modules } = reached(entry);
      expect([...modules].filter((name) => name.startsWith('node:'))).toEqual([]);
      for (const path of files) {
        const text = readFileSync(path, 'utf8');
        expect(text, path).not.toMatch(/\b(?:process|Buffer|require)\b\s*[.(]/);
      }
    },
  );

  it('verify.ts reaches no transport and no client', () => {
    const { files } = reached('verify.ts');
    const own = [...files]
      .filter((path) => path.startsWith(`${root}/`))
      .map((path) => path.slice(root.length + 1));
    expect(own.filter((path) => /^(transports|client|events|transactions)\//.test(path))).toEqual(
      [],
    );
  });

  it('the package names each of them', () => {
    const document = JSON.parse(readFileSync(join(root, '../package.json'), 'utf8'));
    for (const { source } of Object.values<{ source: string }>(document.exports)) {
      expect(existsSync(join(root, '..', source)), source).toBe(true);
    }
  });
});

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
      if (name.startsWith('.')) visit(join(dirname(path), name.replace(/\.js$/, '.ts')));
      else modules.add(name);
    }
  };
  visit(join(root, entry));
  return { files, modules };
}

describe('entries', () => {
  it.each(['index.ts', 'verify.ts'])('%s runs in a browser: no module of Node', (entry) => {
    const { files, modules } = reached(entry);
    expect([...modules].filter((name) => name.startsWith('node:'))).toEqual([]);
    for (const path of files) {
      const text = readFileSync(path, 'utf8');
      expect(text, path).not.toMatch(/\b(?:process|Buffer|require)\b\s*[.(]/);
    }
  });

  it('verify.ts reaches no transport and no client', () => {
    const { files } = reached('verify.ts');
    const own = [...files].map((path) => path.slice(root.length + 1));
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

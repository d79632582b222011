import { describe, expect, it } from 'vitest';
import { importsOf, isTest, typescriptFiles } from './sources.js';

/** Who may import whom (architecture section 2). External names end with `*` for a prefix. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'packages/protocol': ['zod'],
  'packages/crypto': ['@triflow/protocol', '@noble/*', 'zod', '#*'],
  'packages/consensus': ['@triflow/protocol', '@triflow/crypto'],
  'packages/ledger': ['@triflow/protocol', '@triflow/crypto'],
  'packages/contracts': ['@triflow/protocol', '@triflow/epcis', 'zod'],
  'packages/epcis': ['@triflow/protocol', '@triflow/crypto', 'zod'],
  'packages/mempool': ['@triflow/protocol'],
  'packages/storage': ['@triflow/protocol', 'level', 'node:*', 'zod'],
  'packages/network': [
    '@triflow/protocol',
    '@triflow/crypto',
    'libp2p',
    '@libp2p/*',
    '@multiformats/*',
    'node:*',
    'zod',
  ],
  'packages/api': [
    '@triflow/protocol',
    '@triflow/contracts/schemas',
    '@triflow/epcis',
    '@triflow/api/*',
    'fastify',
    '@fastify/*',
    'node:*',
    'zod',
  ],
  sdk: [
    '@triflow/protocol',
    '@triflow/crypto',
    '@triflow/contracts/schemas',
    '@triflow/api/routes',
    'eventsource-parser',
    'eventsource-parser/*',
    'node:*',
    'zod',
  ],
  'packages/gateway': [
    '@triflow/protocol',
    '@triflow/epcis',
    '@triflow/api/routes',
    '@triflow/sdk',
    '@triflow/sdk/node',
    'commander',
    'fastify',
    'mqtt',
    'node:*',
    'pino',
    'smol-toml',
    'zod',
  ],
  'packages/explorer': [
    '@triflow/sdk',
    '@triflow/sdk/verify',
    'preact',
    'preact/hooks',
    '@preact/signals',
    '@dagrejs/dagre',
    'd3-sankey',
    'd3-scale',
    'd3-shape',
    'zod',
  ],
  seeds: ['@triflow/sdk', '@triflow/sdk/*', 'node:*', 'zod', 'commander'],
};

/** Files that may import what the rest of their package may not. */
const exempt: Readonly<Record<string, readonly string[]>> = {
  'packages/crypto': ['node:*'],
  'packages/contracts': ['@triflow/ledger', '@triflow/crypto'],
};

const exemptFile = (path: string): boolean =>
  /Native\.ts$/.test(path) || /\/testkit(\/|\.ts)/.test(path) || /[kK]it\.ts$/.test(path);

describe('imports', () => {
  const files = typescriptFiles().filter(({ path }) => !isTest(path) && path.includes('/src/'));

  it('there are files to look at', () => {
    expect(files.length).toBeGreaterThan(200);
  });

  it('arrows point only where architecture section 2 lets them', () => {
    const wrong: string[] = [];
    for (const { path, text } of files) {
      const folder = Object.keys(allowed).find((name) => path.startsWith(`${name}/src/`));
      if (folder === undefined) continue;
      const extra = exemptFile(path) ? (exempt[folder] ?? []) : [];
      for (const name of importsOf(text)) {
        if (name.startsWith('.')) continue;
        const rules = [...(allowed[folder] ?? []), ...extra];
        if (!rules.some((rule) => fits(name, rule))) wrong.push(`${path} imports ${name}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('a contract reaches another only through its internal.ts; views also by queries.ts', () => {
    const wrong: string[] = [];
    for (const { path, text } of files) {
      const own = /^packages\/contracts\/src\/([a-z-]+)\//.exec(path)?.[1];
      if (own === undefined) continue;
      for (const name of importsOf(text)) {
        const other = /\.\.\/(?:\.\.\/)?([a-z]+(?:-[a-z]+)*)\/([A-Za-z/]+)\.js$/.exec(name);
        if (other === null || other[1] === own || other[1] === 'commands') continue;
        const spans = own === 'views' && other[2] === 'queries';
        if (other[2] !== 'internal' && !spans) wrong.push(`${path} imports ${name}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('only encoding of JSON, LevelDB and libp2p live in one place each', () => {
    const outside = files.filter(({ path, text }) => {
      return importsOf(text).includes('level') && path !== 'packages/storage/src/levelStore.ts';
    });
    expect(outside.map(({ path }) => path)).toEqual([]);
  });
});

function fits(name: string, rule: string): boolean {
  return rule.endsWith('*') ? name.startsWith(rule.slice(0, -1)) : name === rule;
}

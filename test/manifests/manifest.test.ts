import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { generateManifest, manifestText } from './generateManifest.js';
import { endOf, parseManifest } from './manifest.js';

const HEAD = `name = "x"
nodes = 4
late = []
load = { clients = 2, registers = 2 }
expect = { operations = 1, heights = 1 }
`;

function faultsOf(text: string): readonly string[] {
  const parsed = parseManifest(text);
  return parsed.ok ? [] : parsed.faults;
}

const wrong: readonly (readonly [string, string, RegExp])[] = [
  ['text that is no TOML', `${HEAD}nodes = = 4\n`, /^line 6: /],
  ['a key given twice', `${HEAD}nodes = 4\n`, /^line 6: /],
  ['a missing key', 'name = "x"\n', /nodes/],
  ['a key that nobody knows', `colour = "red"\n${HEAD}`, /^line 1: .*colour/],
  ['too many nodes', HEAD.replace('nodes = 4', 'nodes = 17'), /^line 2: nodes: /],
  ['a number as text', HEAD.replace('nodes = 4', 'nodes = "4"'), /^line 2: nodes: /],
  [
    'a fault that nobody knows',
    `${HEAD}[[perturbation]]\nkind = "flood"\natSeconds = 1\n`,
    /^line 7: perturbation\.0\.kind: /,
  ],
  [
    'a fault with a key of another one',
    `${HEAD}[[perturbation]]\nkind = "pause"\nnode = 1\nlatencyMs = 3\natSeconds = 1\n`,
    /perturbation\.0: .*latencyMs/,
  ],
  [
    'a wrong value of the second fault',
    `${HEAD}[[perturbation]]\nkind = "pause"\nnode = 1\natSeconds = 1

[[perturbation]]\nkind = "pause"\nnode = -1\natSeconds = 9\n`,
    /^line 13: perturbation\.1\.node: /,
  ],
  [
    'a node that is not there',
    `${HEAD}[[perturbation]]\nkind = "kill"\nnodes = [0, 4]\natSeconds = 1\n`,
    /^line 6: perturbation\.0: nodes are 0 to 3/,
  ],
  [
    'two faults of one process at a time',
    `${HEAD}[[perturbation]]\nkind = "kill"\nnodes = [1, 2]\natSeconds = 1\nforSeconds = 5
[[perturbation]]\nkind = "pause"\nnode = 2\natSeconds = 3\n`,
    /^line 11: perturbation\.1: meets a kill/,
  ],
  [
    'two cuts of the links at a time',
    `${HEAD}[[perturbation]]\nkind = "partition"\ngroups = [[0]]\natSeconds = 1\nforSeconds = 5
[[perturbation]]\nkind = "disconnect"\nnode = 2\natSeconds = 3\n`,
    /^line 11: perturbation\.1: meets a partition/,
  ],
  [
    'more lost disks than faults that a network bears',
    `${HEAD}[[perturbation]]\nkind = "lose-disk"\nnode = 1\natSeconds = 1
[[perturbation]]\nkind = "lose-disk"\nnode = 2\natSeconds = 9\n`,
    /more than 1 nodes would have lost their disk/,
  ],
  [
    'a log of a node that signs nothing',
    `observers = 1\n${HEAD}[[perturbation]]\nkind = "lose-logs"\nnodes = [1, 4]\natSeconds = 1\n`,
    /perturbation\.0: no validator at that time: 4/,
  ],
  [
    'lost logs while links are cut: the word of an operator wants all others reached',
    `${HEAD}[[perturbation]]\nkind = "lose-logs"\nnodes = [1, 2]\natSeconds = 3
[[perturbation]]\nkind = "disconnect"\nnode = 3\natSeconds = 1\nforSeconds = 5\n`,
    /perturbation\.1: meets a lose-logs/,
  ],
  [
    'a seat for one that has it',
    `observers = 1\n${HEAD}[[perturbation]]\nkind = "vote-in"\nnode = 4\natSeconds = 1
[[perturbation]]\nkind = "vote-in"\nnode = 4\natSeconds = 9\n`,
    /perturbation\.1: node 4 is a validator already/,
  ],
  [
    'a validator too few',
    `${HEAD}[[perturbation]]\nkind = "vote-out"\nnode = 3\natSeconds = 1\n`,
    /perturbation\.0: fewer than 4 validators would be left/,
  ],
  [
    'the key of one that was voted out',
    `observers = 1\n${HEAD}[[perturbation]]\nkind = "vote-in"\nnode = 4\natSeconds = 1
[[perturbation]]\nkind = "vote-out"\nnode = 3\natSeconds = 5
[[perturbation]]\nkind = "rekey"\nnode = 3\natSeconds = 9\n`,
    /perturbation\.2: no validator at that time: 3/,
  ],
  [
    'a late node that never comes',
    HEAD.replace('late = []', 'late = [3]'),
    /^line 3: late: node 3 needs/,
  ],
  [
    'one that joins and was there',
    `${HEAD}[[perturbation]]\nkind = "join"\nnode = 1\natSeconds = 1\n`,
    /node 1 is not late/,
  ],
];

describe('manifests', () => {
  it.each(wrong)('refused, with line and key: %s', (_, text, expected) => {
    const faults = faultsOf(text);
    expect(
      faults.some((fault) => expected.test(fault)),
      faults.join('\n'),
    ).toBe(true);
  });

  it('every file can be read', () => {
    const folder = new URL('./files/', import.meta.url);
    const files = readdirSync(folder);
    expect(files.length).toBeGreaterThanOrEqual(3);
    for (const file of files) {
      expect(faultsOf(readFileSync(new URL(file, folder), 'utf8')), file).toEqual([]);
    }
  });
});

describe('generated manifests', () => {
  const seeds = Array.from({ length: 300 }, (_, at) => at + 1);

  it('are legal, and as a file the same', () => {
    for (const seed of seeds) {
      const manifest = generateManifest({ seed });
      const parsed = parseManifest(manifestText(manifest));
      expect(parsed, `seed ${seed}`).toEqual({ ok: true, value: manifest });
    }
  });

  it('are the same for a seed and others for others; together they have every kind', () => {
    const all = seeds.map((seed) => generateManifest({ seed }));
    expect(generateManifest({ seed: 9 })).toEqual(generateManifest({ seed: 9 }));
    expect(new Set(all.map(manifestText)).size).toBe(seeds.length);
    const kinds = new Set(all.flatMap(({ perturbation }) => perturbation.map(({ kind }) => kind)));
    expect(kinds.size).toBe(15);
    expect(new Set(all.map(({ observers }) => observers))).toEqual(new Set([0, 1]));
    const without = all.filter(({ perturbation }) =>
      perturbation.every(({ kind }) => kind !== 'kill'),
    );
    expect(without.length).toBeGreaterThan(seeds.length / 5);
  });

  it('last as long as asked for, on as many nodes', () => {
    const { perturbation, nodes } = generateManifest({ seed: 1, seconds: 3_600, nodes: 7 });
    expect(nodes).toBe(7);
    expect(Math.max(...perturbation.map(endOf))).toBeGreaterThan(3_500);
    expect(perturbation.length).toBeGreaterThan(100);
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { openCast } from './cast.js';
import { namesOfRun } from './fuelOil/names.js';
import { jsonReporter, type ReportEvent, textReporter } from './reporter.js';
import { runSeeds } from './runSeeds.js';

const dir = mkdtempSync(join(tmpdir(), 'triflow-seeds-'));
afterAll(() => rmSync(dir, { recursive: true }));

function collected() {
  const lines = { stdout: '', stderr: '' };
  const output = {
    stdout: (text: string) => {
      lines.stdout += text;
    },
    stderr: (text: string) => {
      lines.stderr += text;
    },
  };
  return { lines, output };
}

function fileWith(text: string): string {
  const path = join(dir, 'devnet.json');
  writeFileSync(path, text);
  return path;
}

describe('the command line', () => {
  it.each([
    ['no scenario', []],
    ['an unknown scenario', ['copper', '--devnet', 'devnet.json']],
    ['no devnet', ['fuel-oil']],
    ['a run that is no name', ['fuel-oil', '--devnet', 'devnet.json', '--run', 'A b']],
    ['a pace that is no number', ['fuel-oil', '--devnet', 'devnet.json', '--pace', 'slow']],
    ['an unknown flag', ['fuel-oil', '--devnet', 'devnet.json', '--fast']],
    ['too much', ['fuel-oil', 'again', '--devnet', 'devnet.json']],
  ])('asked with %s it says one sentence and exits with 2', async (_name, args) => {
    const { lines, output } = collected();
    expect(await runSeeds(args, output)).toBe(2);
    expect(lines.stderr).toMatch(/^SCENARIO_USAGE: [^\n]+\n$/);
    expect(lines.stdout).toBe('');
  });

  it.each([
    ['is not there', undefined],
    ['is not JSON', '{'],
    ['is a list', '[]'],
    ['names no node', '{"genesisHash":"00","nodes":[],"parties":[]}'],
    ['has a party without a name', '{"genesisHash":"00","nodes":[{"http":"x"}],"parties":[{}]}'],
  ])('with a devnet file that %s it says so and exits with 1', async (_name, text) => {
    const path = text === undefined ? join(dir, 'nothing.json') : fileWith(text);
    const { lines, output } = collected();
    expect(await runSeeds(['fuel-oil', '--devnet', path], output)).toBe(1);
    expect(lines.stderr).toMatch(/^SCENARIO_WITHOUT_DEVNET: [^\n]+\n$/);
  });
});

it('a cast has the demo parties of the file, and no others', async () => {
  const id = 'uscc:91330900TRFW000140';
  const party = { id, alias: 'refinery', name: 'Dongji', keystore: 'demo:refinery' };
  const nodes = [{ http: 'http://127.0.0.1:1' }];
  const locked = { ...party, alias: 'locked', keystore: '/keys/locked.json' };
  const document = {
    version: 1,
    chainId: 'triflow-dev',
    genesisHash: `sha256:${'00'.repeat(32)}`,
    nodes,
    parties: [party, locked],
  };
  const cast = await openCast(fileWith(JSON.stringify(document)));
  expect(cast.actor('refinery')).toMatchObject({ id, name: 'Dongji' });
  expect(() => cast.actor('locked')).toThrow('is missing');
});

it('every run has its own ids, all of the form that the ledger wants', () => {
  const [first, second] = [namesOfRun(''), namesOfRun('2')].map((names) => {
    const { run: _run, code: _code, ...ids } = names;
    return Object.values(ids);
  });
  const all = [...(first ?? []), ...(second ?? [])];
  expect(new Set(all).size).toBe(all.length);
  for (const id of all) expect(id).toMatch(/^[a-z]{2}_[a-z0-9-]{1,60}$/);
});

describe('what is told', () => {
  const events: readonly ReportEvent[] = [
    { event: 'line', kind: 'goods', text: 'goods arrive', height: 3 },
    { event: 'mark', name: 'middle' },
    { event: 'step', name: 'delivered', height: 4 },
    { event: 'done', scenario: 'fuel-oil', evidenceFile: 'a.json' },
  ];

  it('is one JSON document a line for programs', () => {
    const { lines, output } = collected();
    for (const event of events) jsonReporter(output)(event);
    const read = lines.stdout.trimEnd().split('\n');
    expect(read.map((line): unknown => JSON.parse(line))).toEqual(events);
    expect(lines.stderr).toBe('');
  });

  it('is the story on stdout and progress on stderr for people', () => {
    const { lines, output } = collected();
    for (const event of events) textReporter(output)(event);
    expect(lines.stdout).toContain('goods arrive');
    expect(lines.stdout).toContain('h 3');
    expect(lines.stdout).toContain('a.json');
    expect(lines.stderr).toBe('  delivered\n');
  });
});

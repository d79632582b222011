import { demoSeed, publicKeyFromSeed } from '@triflow/crypto';
import { createProgram } from '@triflow/node/cli';
import { defined, hexFromBytes } from '@triflow/protocol';
import { readSignedReadings } from '@triflow/sdk';
import type { Command } from 'commander';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askNode } from './askNode.js';
import { describeDamage } from './damagedNode.js';
import { runHere } from './inProcess.js';
import { freshGln } from './places.js';
import { type Finished, runTriflow, sentencesOf } from './triflow.js';
import { at, type VerbCase, verbRows } from './verbCases.js';
import { openVerbWorld, type VerbWorld } from './verbWorld.js';

const CODED = /^triflow: .+ \(([A-Z][A-Z0-9_]+)\)(; .+)?$/;
const NEXT_KEY = 'v40';
const STACK = /^\s+at /m;

/** A verb of the program, with the words that lead to it. */
interface Leaf {
  readonly path: string;
  readonly command: Command;
}

const leaves = createProgram().commands.flatMap((command) => leavesOf(command, command.name()));
const written = leaves.filter(({ command }) => isFromSchema(command));
const nouns = leaves
  .filter(({ path }) => path.endsWith(' history'))
  .map(({ path }) => {
    return path.slice(0, -' history'.length);
  });

let world: VerbWorld;
const told = new Map<string, unknown>();

beforeAll(async () => {
  world = await openVerbWorld();
});

afterAll(() => world?.[Symbol.asyncDispose]());

describe('every verb of the command line', () => {
  it('has a row in the table, or is made from a contract’s schema', () => {
    const known = new Set([...Object.keys(verbRows), ...written.map(({ path }) => path)]);
    for (const noun of nouns)
      for (const verb of ['show', 'list', 'history']) known.add(`${noun} ${verb}`);
    known.add('lien list');
    expect(leaves.map(({ path }) => path).filter((path) => !known.has(path))).toEqual([]);
    expect(
      Object.keys(verbRows).filter((path) => !leaves.some((leaf) => leaf.path === path)),
    ).toEqual([]);
    expect(leaves.length).toBeGreaterThan(150);
    expect(written.length).toBeGreaterThan(80);
  });

  it('says what it does, shows an example and refuses an option that is none', async () => {
    for (const { path, command } of leaves) {
      expect(command.description(), path).not.toBe('');
      let help = '';
      command.configureOutput({
        writeOut: (text) => {
          help += text;
        },
      });
      command.outputHelp();
      expect(help, path).toMatch(/\nExample:\n {2}.*triflow /);
    }
    for (const path of Object.keys(verbRows)) {
      const finished = await runHere([...path.split(' '), '--no-such-option']);
      expect(finished, path).toMatchObject({ code: 2, stdout: '' });
      expect(finished.stderr, path).toMatch(
        /^error: (unknown|required) option|missing required arg/,
      );
    }
  });

  it.each(Object.keys(verbRows))('%s: does what it should, as JSON too', async (path) => {
    const { good } = rowOf(path);
    if (typeof good === 'string') return;
    const words = [...path.split(' '), ...good.words(world, told)];
    const finished = await runHere(good.plain === true ? words : [...words, '--json']);
    if (good.code !== undefined) return refused(finished, good);
    expect(finished, finished.stderr).toMatchObject({ code: 0 });
    expect(finished.stderr).not.toMatch(STACK);
    expect(finished.stdout).not.toBe('');
    if (good.plain !== true) told.set(path, jsonOf(finished));
  });

  it.each(Object.keys(verbRows))('%s: refuses wrong input in one sentence', async (path) => {
    const { bad } = rowOf(path);
    const words = [...path.split(' '), ...bad.words(world, told)];
    refused(await runHere(bad.plain === true ? words : [...words, '--json']), bad);
  });
});

describe('verbs made from the contracts’ schemas', () => {
  it('parameters that are no JSON end with 2', async () => {
    const words = ['order', 'issue-order', '--params', '{', ...at(world), '--as', 'carrier'];
    refused(await runHere(words), { says: 'REQUEST_INVALID' });
  });

  it.each(written.map(({ path }) => path))(
    '%s: without its parameters nothing is signed',
    async (path) => {
      const words = [...path.split(' '), '--params', '{}', ...at(world), '--as', 'carrier'];
      refused(await runHere(words), { code: 2, says: 'REQUEST_INVALID' });
    },
  );

  it.each(nouns)('%s: show, list and history', async (noun) => {
    const list = await runHere([noun, 'list', ...at(world), '--json']);
    expect(list, list.stderr).toMatchObject({ code: 0, stderr: '' });
    expect(jsonOf(list)).toHaveProperty('data');
    const words = ['--where', 'noSuchFilter=1', ...at(world)];
    refused(await runHere([noun, 'list', ...words]), { code: 2, says: 'REQUEST_UNKNOWN_FILTER' });
    const none = await runHere([noun, 'show', 'wr_none', ...at(world)]);
    refused(none, { code: 3, says: 'OBJECT_NOT_FOUND' });
  });

  it('party show --prove names who signed; its history tells what happened', async () => {
    const party = world.party('court');
    const shown = await runHere(['party', 'show', party, ...at(world), '--prove']);
    expect(shown.stdout).toMatch(/signed by [34] of 4 validators/);
    const history = await runHere(['party', 'history', party, ...at(world), '--json']);
    expect(history, history.stderr).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('a validator’s new key', () => {
  it('is voted in and brought into force by validator ready', async () => {
    const node = defined(world.net.nodes[1], 'v2');
    await node.addKey(NEXT_KEY);
    await node.stop();
    await node.start();
    const publicKey = hexFromBytes(publicKeyFromSeed(demoSeed(NEXT_KEY)));
    const asked = [...at(world), '--as', 'governor', '--json'];
    const propose = ['validator', 'propose', 'rotate', 'v2', '--id', 'gp_key'];
    const home = ['--home', defined(node.home ?? undefined, 'its home')];
    const bank = [...at(world), '--as', 'bank-yangtze', '--json'];
    for (const words of [
      [...propose, '--public-key', publicKey, ...asked],
      ['validator', 'vote', 'gp_key', ...asked],
      ['validator', 'ready', 'gp_key', ...home, ...bank],
    ]) {
      const finished = await runHere(words);
      expect(finished, finished.stderr).toMatchObject({ code: 0 });
    }
    const shown = await runHere(['gov', 'show', 'gp_key', ...at(world), '--json']);
    expect(JSON.parse(shown.stdout)).toMatchObject({ data: { state: 'EXECUTED' } });
    const again = await runHere(['validator', 'ready', 'gp_key', ...home, ...bank]);
    refused(again, { says: 'REQUEST_INVALID' });
  });
});

describe('a node that its operator drains', () => {
  it('refuses what is new with NODE_DRAINING, is not ready, and keeps signing', async () => {
    const { home, net } = world;
    const [node] = net.nodes;
    const url = node?.http ?? '';
    expect((await runHere(['admin', 'drain', '--home', home])).code).toBe(0);
    const params = JSON.stringify({ gln: freshGln() });
    const call = ['call', 'trace', 'register_location', '--params', params, '--as', 'carrier'];
    const timeout = ['--timeout', '2s'];
    const told = await runHere([...call, ...at(world), '--node', url, ...timeout]);
    expect(told.code).not.toBe(0);
    expect(told.stderr).toMatch(/\(NODE_DRAINING\)/);
    const ready = await askNode(`${node?.ops ?? ''}/readyz`);
    expect(ready).toMatchObject({ status: 503, body: { checks: { admission: { ok: false } } } });
    const elsewhere = await runHere([...call, ...at(world), '--node', net.urls[1] ?? '']);
    expect(elsewhere, elsewhere.stderr).toMatchObject({ code: 0 });
    expect((await runHere(['admin', 'resume', '--home', home])).code).toBe(0);
    const again = await askNode(`${node?.ops ?? ''}/readyz`);
    expect(again).toMatchObject({ status: 200 });
  });
});

describe('triflow devnet simulate', () => {
  it('writes what a device would send, signed', async () => {
    const words = ['devnet', 'simulate', 'truck', 'dv_truck-1', '--steps', '3', '--print'];
    const sent = await runTriflow([...words, '--fault', 'gap@1']);
    expect(sent, sent.stderr).toMatchObject({ code: 0, stderr: '' });
    const messages = sent.stdout.trimEnd().split('\n');
    expect(messages).toHaveLength(3);
    for (const text of messages) expect(readSignedReadings(text).ok).toBe(true);
  });
});

describeDamage(() => world);

function refused(finished: Finished, { code = 2, says }: Pick<VerbCase, 'code' | 'says'>): void {
  expect(finished, finished.stderr).toMatchObject({ code, stdout: '' });
  expect(finished.stderr).not.toMatch(STACK);
  if (says === undefined) return;
  const last = sentencesOf(finished).at(-1) ?? '';
  expect(last).toMatch(CODED);
  expect(CODED.exec(last)?.[1]).toBe(says);
}

/** The answer of a verb: each line is JSON, the last one is its result. */
function jsonOf({ stdout }: Finished): unknown {
  const lines = stdout.trimEnd();
  if (lines.startsWith('{\n')) return JSON.parse(lines);
  return lines
    .split('\n')
    .map((line): unknown => JSON.parse(line))
    .at(-1);
}

function rowOf(path: string) {
  return defined(verbRows[path], path);
}

function leavesOf(command: Command, path: string): Leaf[] {
  if (command.commands.length === 0) return [{ path, command }];
  return command.commands.flatMap((inner) => leavesOf(inner, `${path} ${inner.name()}`));
}

/** A verb that signs a contract's command: all of them take `--params` and `--valid-for-blocks`. */
function isFromSchema({ options, registeredArguments }: Command): boolean {
  const longs = options.map(({ long }) => long);
  const isMade = longs.includes('--params') && longs.includes('--valid-for-blocks');
  return isMade && registeredArguments.every((argument) => argument.name() === 'id');
}

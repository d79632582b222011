import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { allContracts } from '@triflow/contracts';
import { describe, expect, it } from 'vitest';
import { root } from './sources.js';

const messages = join(root, 'packages/explorer/src/messages');
const keysOf = (...files: string[]) => {
  const text = files.map((file) => readFileSync(join(messages, file), 'utf8')).join('\n');
  return new Set([...text.matchAll(/^\s+'?([\w.-]+)'?: \[/gm)].map((match) => match[1] ?? ''));
};

describe('the explorer tells everything that a contract can say', () => {
  const sentences = keysOf('eventSentences.ts', 'goodsEventSentences.ts');
  const commands = keysOf('commandSentences.ts');

  it('each fact has a sentence in both languages', () => {
    const told = allContracts.flatMap(({ name }) => eventsOf(name));
    expect(told.length).toBeGreaterThan(150);
    expect(told.filter((type) => !sentences.has(type))).toEqual([]);
  });

  it('each command has one, its own or the one that its like shares', () => {
    const named = allContracts.flatMap(({ name, commands: all }) => {
      return [...all.keys()].map((command) => [`${name}.${command}`, command] as const);
    });
    expect(named.length).toBeGreaterThan(150);
    const untold = named.filter(([full, short]) => !commands.has(full) && !commands.has(short));
    expect(untold.map(([full]) => full)).toEqual([]);
  });
});

/** Facts that a contract states, from its own list. */
function eventsOf(contract: string): string[] {
  const path = join(root, 'packages/contracts/src', contract, 'events.ts');
  const text = readFileSync(path, 'utf8');
  return [...text.matchAll(/^ {2}'([a-z_]+\.[a-z_]+)'/gm)].map((match) => match[1] ?? '');
}

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { prefixes } from './prefixes.js';

describe('the registry of prefixes', () => {
  it('uses no number twice and leaves room for a whole prefix as a range', () => {
    const numbers = Object.values(prefixes);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(Math.max(...numbers)).toBeLessThan(0xff);
  });

  it('is the table of the README', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const rows = [...readme.matchAll(/^\| `(0x[0-9a-f]{2})` +\| (\w+) +\|/gm)];
    const table = Object.fromEntries(rows.map(([, number, name]) => [name, Number(number)]));
    expect(table).toEqual(prefixes);
  });
});

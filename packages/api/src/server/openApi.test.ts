import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { openApiDocument } from './openApi.js';

const file = `${import.meta.dirname}/../../openapi.json`;
const made: unknown = JSON.parse(JSON.stringify(openApiDocument()));

/** `UPDATE_OPENAPI=1` writes the document after an addition. */
if (process.env.UPDATE_OPENAPI !== undefined) {
  writeFileSync(file, `${JSON.stringify(made, null, 1)}\n`);
}

describe('the OpenAPI document that was published', () => {
  const published: unknown = JSON.parse(readFileSync(file, 'utf8'));

  it('lost no path, parameter or member', () => {
    const now = new Set(membersOf(made));
    expect(membersOf(published).filter((member) => !now.has(member))).toEqual([]);
  });

  it('asks for nothing that it did not ask for', () => {
    const before = new Set(demandsOf(published));
    const added = demandsOf(made).filter((demand) => !before.has(demand));
    const paths = new Set(membersOf(published));
    const onOldPaths = added.filter((demand) => paths.has(demand.split('\n')[0] ?? ''));
    expect(onOldPaths).toEqual([]);
  });
});

/** Where each named thing stands; entries of a list go by their name where they have one. */
function membersOf(value: unknown, path = ''): string[] {
  return entriesOf(value).flatMap(([name, member]) => {
    const place = `${path}/${name}`;
    return [place, ...membersOf(member, place)];
  });
}

/** Required members of requests: a new one breaks callers. */
function demandsOf(value: unknown, path = ''): string[] {
  return entriesOf(value).flatMap(([name, member]) => {
    if (name === 'responses') return [];
    if (name === 'required' && Array.isArray(member)) {
      return member.map((one) => `${path}\n${String(one)}`);
    }
    if (name === 'required' && member === true) return [`${path}\nrequired`];
    return demandsOf(member, `${path}/${name}`);
  });
}

function entriesOf(value: unknown): [string, unknown][] {
  if (Array.isArray(value)) {
    return value
      .filter((item) => typeof item === 'object' && item !== null)
      .map((item, index) => [String((item as { name?: string }).name ?? index), item]);
  }
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

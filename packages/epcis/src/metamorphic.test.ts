import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  isJsonArray,
  isJsonObject,
  JsonNumeral,
  type JsonObject,
  type JsonValue,
  parseJson,
} from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { plainDecimal } from './decimal.js';
import { readDocument } from './document.js';
import { preHash } from './eventHash.js';
import { timeMsFromText } from './eventTime.js';
import { canonicalIdentifier } from './identifiers.js';
import { vocabularies } from './vocabulary.js';

const root = fileURLToPath(new URL('../../../../shared/data/epcis/', import.meta.url));
const isMissing = !existsSync(root);
/** Members that are no part of what happened. */
const SILENT = ['@context', 'eventID', 'recordTime', 'errorDeclaration', 'comment', 'rdfs:comment'];
const TIMES = ['eventTime', 'time', 'startTime', 'endTime'];
const WORDS: Readonly<Record<string, keyof typeof vocabularies>> = {
  bizStep: 'bizStep',
  disposition: 'disposition',
  set: 'disposition',
  unset: 'disposition',
  exception: 'exception',
  component: 'component',
};

type Change = (value: JsonValue, name: string, path: readonly string[]) => JsonValue;

const documents = isMissing
  ? []
  : ['valid', 'event-hash'].flatMap((folder) => {
      const names = readdirSync(root + folder).filter((name) => /\.json(ld)?$/.test(name));
      return names.map((name) => `${folder}/${name}`);
    });

describe.skipIf(isMissing).each(documents)('%s hashes alike', (file) => {
  const json = read(file);
  const hashes = hashesOf(json);

  it.each<[string, (value: JsonValue) => JsonValue]>([
    ['with its members in reverse order', reversed],
    ['with its lists in reverse order', reversedLists],
    ['with links for URNs', (value) => mapped(value, linked)],
    ['with times of another zone', (value) => mapped(value, inAnotherZone)],
    ['with more zeros in its numbers', (value) => mapped(value, padded)],
    ['with words in full', (value) => mapped(value, inFull)],
    ['with spaces around its texts', (value) => mapped(value, spaced)],
    ['with other comments and record times', (value) => mapped(value, withSilent)],
  ])('%s', (_, change) => {
    expect(hashesOf(change(json))).toEqual(hashes);
  });
});

describe.skipIf(isMissing).each(documents)('%s hashes otherwise', (file) => {
  it('when any one value of an event is another', () => {
    const json = read(file);
    const before = hashesOf(json);
    let changed = 0;
    for (const path of eventLeaves(json)) {
      if (path.some((step) => SILENT.includes(step))) continue;
      const after = hashesOf(
        mapped(json, (value, _name, at) => {
          return at.join('/') === path.join('/') ? otherValue(value, path) : value;
        }),
      );
      expect(after, path.join('/')).not.toEqual(before);
      changed += 1;
    }
    expect(changed).toBeGreaterThan(5);
  });

  it('when any one member of an event is gone', () => {
    const json = read(file);
    const before = hashesOf(json);
    const paths = new Set(eventLeaves(json).map((path) => path.slice(0, depthOf(path)).join('/')));
    for (const path of paths) {
      if (path.split('/').some((step) => SILENT.includes(step))) continue;
      expect(hashesOf(without(json, path.split('/'))), path).not.toEqual(before);
    }
  });
});

function read(file: string): JsonValue {
  const json = parseJson(readFileSync(root + file));
  return json.ok ? json.value : expect.fail(file);
}

function hashesOf(json: JsonValue): string[] {
  const document = readDocument(json);
  return document.ok ? document.value.events.map(preHash) : expect.fail(document.fault[0]?.message);
}

/** A value rebuilt from its leaves up; names of elements are their list's. */
function mapped(value: JsonValue, change: Change, name = '', path: string[] = []): JsonValue {
  if (name === '@context') return value;
  if (isJsonArray(value)) {
    return value.map((item, at) => mapped(item, change, name, [...path, String(at)]));
  }
  if (!isJsonObject(value)) return change(value, name, path);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapped(item, change, key, [...path, key])]),
  );
}

function reversed(value: JsonValue): JsonValue {
  if (isJsonArray(value)) return value.map(reversed);
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).map(([key, item]) => {
    return [key, key === '@context' ? item : reversed(item)] as const;
  });
  return Object.fromEntries(members.reverse());
}

/** The event list itself keeps its order, so that hashes can be compared one by one. */
function reversedLists(value: JsonValue, name = ''): JsonValue {
  if (name === '@context') return value;
  if (isJsonArray(value)) {
    const items = value.map((item) => reversedLists(item));
    return name === 'eventList' ? items : items.reverse();
  }
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, reversedLists(item, key)]),
  );
}

const linked: Change = (value) => (typeof value === 'string' ? canonicalIdentifier(value) : value);

const inAnotherZone: Change = (value, name) => {
  const timeMs = typeof value === 'string' ? timeMsFromText(value) : undefined;
  if (timeMs === undefined || !TIMES.includes(name)) return value;
  const local = new Date(timeMs + 9.5 * 3_600_000).toISOString();
  return local.replace('Z', '0+09:30');
};

const padded: Change = (value) => {
  const plain = value instanceof JsonNumeral ? plainDecimal(value.text) : undefined;
  if (plain === undefined) return value;
  return new JsonNumeral(plain.includes('.') ? `${plain}00` : `${plain}.0`);
};

const inFull: Change = (value, name, path) => {
  if (typeof value !== 'string') return value;
  const list = path.at(-3) ?? '';
  const typeWords: Readonly<Record<string, keyof typeof vocabularies>> = {
    bizTransactionList: 'transactionType',
    sourceList: 'partyType',
    destinationList: 'partyType',
    sensorReport: 'sensorType',
  };
  const vocabulary = name === 'type' ? typeWords[list] : WORDS[name];
  if (vocabulary === undefined) return value;
  const { base, words } = vocabularies[vocabulary];
  return words.has(value) ? base + value : value;
};

const spaced: Change = (value, name, path) => {
  const isTrimmed = path.includes('eventList') && name !== 'eventTimeZoneOffset';
  return typeof value === 'string' && isTrimmed ? ` ${value}\t` : value;
};

const withSilent: Change = (value, name) => {
  return ['comment', 'rdfs:comment', 'recordTime', 'eventID'].includes(name) ? 'x' : value;
};

/** Another value, whatever the old one meant: a mark at the end that no form takes away. */
function otherValue(value: JsonValue, path: readonly string[]): JsonValue {
  if (typeof value === 'boolean') return !value;
  if (value instanceof JsonNumeral) return new JsonNumeral(`${plainDecimal(value.text)}1`);
  if (typeof value !== 'string') return expect.fail(path.join('/'));
  const timeMs = TIMES.includes(path.at(-1) ?? '') ? timeMsFromText(value) : undefined;
  return timeMs === undefined ? `${value}~` : new Date(timeMs + 1).toISOString();
}

/** Paths to every scalar of every event. */
function eventLeaves(json: JsonValue): string[][] {
  const leaves: string[][] = [];
  mapped(json, (value, _name, path) => {
    if (path.includes('eventList')) leaves.push([...path]);
    return value;
  });
  return leaves;
}

/** Up to the last step that is a member's name: elements of lists go with their list. */
function depthOf(path: readonly string[]): number {
  let depth = path.length;
  while (/^\d+$/.test(path[depth - 1] ?? '')) depth -= 1;
  return depth;
}

function without(value: JsonValue, path: readonly string[]): JsonValue {
  const [step = '', ...rest] = path;
  if (isJsonArray(value)) {
    return value.map((item, at) => (String(at) === step ? without(item, rest) : item));
  }
  if (!isJsonObject(value)) return value;
  const members: [string, JsonValue][] = Object.entries(value as JsonObject).flatMap(
    ([key, item]) => {
      if (key !== step) return [[key, item] as [string, JsonValue]];
      return rest.length === 0 ? [] : [[key, without(item, rest)] as [string, JsonValue]];
    },
  );
  return Object.fromEntries(members);
}

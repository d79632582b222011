import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { utf8FromText } from './bytes.js';
import {
  canonicalJson,
  JsonNumeral,
  type JsonValue,
  joinPointer,
  parseJson,
  plainFromJson,
  textFromJson,
} from './json.js';
import { limits } from './limits.js';

fc.configureGlobal({ seed: 20_261_121 });

const wrongTexts: readonly (readonly [string, string, string])[] = [
  ['', 'json_malformed', ''],
  [' ', 'json_malformed', ''],
  ['\ufeff{}', 'json_malformed', ''],
  ['nul', 'json_malformed', ''],
  ['True', 'json_malformed', ''],
  ['NaN', 'json_malformed', ''],
  ['Infinity', 'json_malformed', ''],
  ["'a'", 'json_malformed', ''],
  ['+1', 'json_malformed', ''],
  ['.5', 'json_malformed', ''],
  ['-', 'json_malformed', ''],
  ['01', 'json_trailing_text', ''],
  ['1.', 'json_trailing_text', ''],
  ['1e', 'json_trailing_text', ''],
  ['0x1', 'json_trailing_text', ''],
  ['1 2', 'json_trailing_text', ''],
  ['{}{}', 'json_trailing_text', ''],
  ['[1] // no', 'json_trailing_text', ''],
  ['[1,]', 'json_malformed', '/1'],
  ['[1 2]', 'json_malformed', '/0'],
  ['[', 'json_malformed', '/0'],
  ['[1}', 'json_malformed', '/0'],
  ['{"a"}', 'json_malformed', '/a'],
  ['{"a":}', 'json_malformed', '/a'],
  ['{"a":1,}', 'json_malformed', '/a'],
  ['{a:1}', 'json_malformed', ''],
  ['{"a":1', 'json_malformed', '/a'],
  ['"a', 'json_malformed', ''],
  ['"\t"', 'json_malformed', ''],
  ['"\\x"', 'json_malformed', ''],
  ['"\\u12g4"', 'json_malformed', ''],
  ['"\\u12', 'json_malformed', ''],
  ['"\\', 'json_malformed', ''],
  ['["\\ud800"]', 'json_lone_surrogate', '/0'],
  ['"\\ud800\\u0041"', 'json_lone_surrogate', ''],
  ['"\\udc00\\ud800"', 'json_lone_surrogate', ''],
  ['"\ud800"', 'json_lone_surrogate', ''],
  ['{"\\udfff":1}', 'json_lone_surrogate', ''],
  ['{"a":1,"a":2}', 'json_duplicate_member', '/a'],
  ['{"x":[{},{"a/b~":1,"\\u0061/b~":1}]}', 'json_duplicate_member', '/x/1/a~1b~0'],
  ['{"__proto__":1}', 'json_member_forbidden', '/__proto__'],
  ['{"a":{"\\u005f_proto__":{}}}', 'json_member_forbidden', '/a/__proto__'],
];

describe('parseJson', () => {
  it.each(wrongTexts)('refuses %j as %s at %j', (text, code, path) => {
    expect(parseJson(text)).toMatchObject({ ok: false, fault: { code, path } });
  });

  it('refuses bytes that are not UTF-8', () => {
    for (const bytes of [
      [0x22, 0xff, 0x22],
      [0x22, 0xc0, 0x80, 0x22],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
    ]) {
      const read = parseJson(Uint8Array.from(bytes));
      expect(read).toMatchObject({ ok: false, fault: { code: 'json_not_utf8' } });
    }
  });

  it('reads what lies within the depth limit and refuses one level more', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(parseJson(nested(limits.jsonDepthMax)).ok).toBe(true);
    const over = parseJson(nested(limits.jsonDepthMax + 1));
    expect(over).toMatchObject({ ok: false, fault: { code: 'json_too_deep' } });
    expect(parseJson('{"a":'.repeat(100_000)).ok).toBe(false);
  });

  it('keeps numerals as they are written', () => {
    for (const text of ['0', '-0', '1.50', '1E+05', '0.1e-7', '12345678901234567890.123']) {
      const read = parseJson(text);
      expect(read).toEqual({ ok: true, value: new JsonNumeral(text) });
    }
  });

  it('finds nothing in an object but what the text named', () => {
    const read = parseJson('{"a":1}');
    expect(read.ok && 'toString' in (read.value as object)).toBe(false);
    const named = parseJson('{"constructor":1,"toString":2}');
    expect(named.ok && textFromJson(named.value)).toBe('{"constructor":1,"toString":2}');
  });

  it('reads escapes, astral text and white space', () => {
    const read = parseJson(
      utf8FromText(' \t\r\n["\\ud83d\\ude00\\/\\b\\f\\n\\r\\t\\"\\\\", "粮"] '),
    );
    expect(read).toEqual({ ok: true, value: ['😀/\b\f\n\r\t"\\', '粮'] });
  });

  it('agrees with JSON.parse on whatever it accepts, and never throws', () => {
    const texts = fc.oneof(
      fc.json(),
      fc.string(),
      fc.string({ unit: fc.constantFrom(...'{}[],:"\\ue0123-. ntf') }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const read = parseJson(text);
        if (!read.ok) return;
        expect(JSON.parse(textFromJson(read.value))).toEqual(JSON.parse(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it('writes back what it read, and reads it again the same', () => {
    fc.assert(
      fc.property(jsonValues(), (value) => {
        const text = textFromJson(value);
        const read = parseJson(text);
        expect(read.ok && textFromJson(read.value)).toBe(text);
      }),
    );
  });
});

describe('plainFromJson', () => {
  it('gives ordinary values with safe integers as numbers', () => {
    const read = parseJson('{"a":[1,-9007199254740991,null,true,"x"],"b":{"c":-0}}');
    const plain = read.ok ? plainFromJson(read.value) : read;
    expect(plain).toStrictEqual({
      ok: true,
      value: { a: [1, -9007199254740991, null, true, 'x'], b: { c: 0 } },
    });
  });

  it.each(['1.0', '1e3', '0.5', '9007199254740992', '-9007199254740993', '1'.repeat(400)])(
    'refuses the numeral %s and points at it',
    (numeral) => {
      const read = parseJson(`{"a":[0,{"b":${numeral}}]}`);
      const plain = read.ok ? plainFromJson(read.value) : read;
      const fault = { code: 'json_numeral_not_safe_integer', path: '/a/1/b' };
      expect(plain).toMatchObject({ ok: false, fault });
    },
  );
});

describe('canonicalJson', () => {
  it('writes the example of RFC 8785 section 3.2.3 in UTF-16 order', () => {
    const value = {
      '\u20ac': 'Euro Sign',
      '\r': 'Carriage Return',
      '\ufb33': 'Hebrew Letter Dalet With Dagesh',
      1: 'One',
      '\ud83d\ude00': 'Emoji: Grinning Face',
      '\u0080': 'Control',
      '\u00f6': 'Latin Small Letter O With Diaeresis',
    };
    const order = ['\\r', '1', '\u0080', 'ö', '€', '😀', '\ufb33'];
    const text = canonicalJson(value);
    const places = order.map((name) => text.indexOf(`"${name}":`));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBe(1);
  });

  it('escapes as RFC 8785 section 3.2.2.2 says and leaves the rest alone', () => {
    const text = canonicalJson('€$\u000f\nA\'B"\\\\"/\u007f\u2028');
    expect(text).toBe('"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/\u007f\u2028"');
  });

  it('leaves out members that are undefined and refuses what has no canonical form', () => {
    expect(canonicalJson({ b: undefined, a: [] })).toBe('{"a":[]}');
    for (const wrong of [
      1.5,
      Number.NaN,
      2 ** 53,
      1n,
      undefined,
      () => 0,
      '\ud800',
      new Uint8Array(),
    ]) {
      expect(() => canonicalJson({ wrong: [wrong] })).toThrow();
    }
  });

  it('is the same for any order of members and survives reading', () => {
    const plain = fc.letrec((tie) => ({
      value: fc.oneof(
        fc.constantFrom(null, true, false),
        fc.maxSafeInteger(),
        fc.string({ unit: 'binary' }),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(names(), tie('value'), { maxKeys: 4 }),
      ),
    })).value;
    fc.assert(
      fc.property(plain, (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        const read = parseJson(utf8FromText(text));
        const again = read.ok ? plainFromJson(read.value) : read;
        expect(again.ok && canonicalJson(reversed(again.value))).toBe(text);
      }),
    );
  });
});

describe('joinPointer', () => {
  it('escapes as RFC 6901 says', () => {
    expect(joinPointer('/a', 'm~n/o')).toBe('/a/m~0n~1o');
    expect(joinPointer('', 0)).toBe('/0');
  });
});

function names(): fc.Arbitrary<string> {
  return fc.string({ unit: 'binary', maxLength: 5 }).filter((name) => name !== '__proto__');
}

function jsonValues(): fc.Arbitrary<JsonValue> {
  const numerals = fc
    .constantFrom('0', '-1.50', '1e5', '7.0E-3')
    .map((text) => new JsonNumeral(text));
  return fc.letrec<{ value: JsonValue }>((tie) => ({
    value: fc.oneof(
      fc.constantFrom<JsonValue>(null, true, false),
      numerals,
      fc.string({ unit: 'binary' }),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(names(), tie('value'), { maxKeys: 4 }),
    ),
  })).value;
}

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, item]) => [name, reversed(item)]),
  );
}

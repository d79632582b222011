import { describe, expect, it } from 'vitest';
import { isTest, typescriptFiles } from './sources.js';

const FILE_LINES_MAX = 500;
const LINE_COLUMNS_MAX = 100;

describe('size and form', () => {
  const files = typescriptFiles();

  it(`a file has at most ${FILE_LINES_MAX} lines`, () => {
    const long = files
      .filter(({ path }) => !isTest(path))
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ lines }) => lines > FILE_LINES_MAX);
    expect(long).toEqual([]);
  });

  it(`a line has at most ${LINE_COLUMNS_MAX} columns`, () => {
    const long: string[] = [];
    for (const { path, text } of files) {
      if (isTest(path)) continue;
      for (const [index, line] of text.split('\n').entries()) {
        // A template literal cannot be broken without changing it.
        if (line.length > LINE_COLUMNS_MAX && !/^\s*'|`/.test(line)) {
          long.push(`${path}:${index + 1}`);
        }
      }
    }
    expect(long).toEqual([]);
  });

  it('no test is skipped, focused or retried', () => {
    const pattern = /^\s*(it|test|describe)\.(only|todo|fails)\b|\{ *retry: *[1-9]/m;
    const wrong = files.filter(({ path, text }) => {
      return !path.startsWith('test/tidy/') && pattern.test(text);
    });
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('nothing throws a bare Error and nothing is left for later', () => {
    const wrong: string[] = [];
    for (const { path, text } of files) {
      if (isTest(path) || path.endsWith('.mjs')) continue;
      if (/throw new Error\(/.test(text)) wrong.push(`${path}: throw new Error`);
      if (/\b(TODO|FIXME|XXX)\b/.test(text)) wrong.push(`${path}: left for later`);
    }
    expect(wrong).toEqual([]);
  });

  it('nothing names a path of one machine', () => {
    const wrong = files.filter(({ path, text }) => {
      return !path.startsWith('test/tidy/') && /['"`/](work|home|Users)\/[a-z]/.test(text);
    });
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareCursors, cursorFromText, endOfBlock, textFromCursor } from './eventCursor.js';

const cursors = fc.record({
  height: fc.nat({ max: 2 ** 31 - 1 }),
  txIndex: fc.nat({ max: 100_000 }),
  eventIndex: fc.nat({ max: 2_000 }),
});

describe('event cursors', () => {
  it('come back from their text', () => {
    fc.assert(
      fc.property(cursors, (cursor) => {
        expect(cursorFromText(textFromCursor(cursor))).toEqual(cursor);
      }),
    );
  });

  it('of a block lie before its end, and its end before the next block', () => {
    fc.assert(
      fc.property(cursors, (cursor) => {
        expect(compareCursors(cursor, endOfBlock(cursor.height))).toBeLessThan(0);
        const next = { height: cursor.height + 1, txIndex: 0, eventIndex: 0 };
        expect(compareCursors(endOfBlock(cursor.height), next)).toBeLessThan(0);
      }),
    );
  });

  it.each([
    '',
    '1',
    '1.2',
    '1.2.3.4',
    '01.2.3',
    '-1.0.0',
    '1.0.x',
    ' 1.0.0',
    '1.0.0 ',
    '1..0',
    '9007199254740993.0.0',
    '1.4294967296.0',
    '1.0.4294967296',
    'latest',
  ])('refuse %j', (text) => {
    expect(cursorFromText(text)).toBeUndefined();
  });
});

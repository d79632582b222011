import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  encodeFileHead,
  encodeLogRecord,
  FILE_HEAD_BYTES,
  type LogRecord,
  RECORD_HEAD_BYTES,
  scanLog,
} from './logRecords.js';

const HEIGHT = 7;

const recordArbitrary = fc.record({
  type: fc.nat(0xffff),
  payload: fc.uint8Array({ minLength: 1, maxLength: 700 }).map((bytes) => bytes.map(nonZero)),
});

describe('log records', () => {
  it('read back as they were written', () => {
    const anyRecord = fc.record({ type: fc.nat(0xffff), payload: fc.uint8Array() });
    fc.assert(
      fc.property(fc.array(anyRecord), fc.nat(), (records, height) => {
        const scanned = scanLog(encodeLog(records, { height }));
        expect(scanned).toMatchObject({ height, rest: 'none' });
        expect(scanned.records.map(({ type, payload }) => [type, [...payload]])).toEqual(
          records.map(({ type, payload }) => [type, [...payload]]),
        );
      }),
    );
  });

  it('refuse a payload over the maximum size, written or read', () => {
    const payload = new Uint8Array(17 * 1024 * 1024 + 1);
    expect(() => encodeLogRecord({ type: 1, payload }, place(0, 0))).toThrow('logRecordBytesMax');
    expect(() => encodeLogRecord({ type: -1, payload: new Uint8Array() }, place(0, 0))).toThrow();
    expect(() =>
      encodeLogRecord({ type: 0x10000, payload: new Uint8Array() }, place(0, 0)),
    ).toThrow('16 bits');
  });
});

describe('P10: the end of a log', () => {
  const records = sampleRecords(4);
  const bytes = encodeLog(records, { synced: 3 });
  const starts = recordStarts(records);
  const lastStart = starts[3] ?? 0;

  it('is torn wherever it is cut, and everything before it is read', () => {
    for (let length = FILE_HEAD_BYTES; length < bytes.length - 8; length += 1) {
      const scanned = scanLog(bytes.subarray(0, length));
      const whole = starts.findLastIndex((start, i) => endOf(start, records[i]) <= length) + 1;
      expect(scanned.records).toHaveLength(whole);
      const isBoundary = whole === 0 ? length === FILE_HEAD_BYTES : length <= (starts[whole] ?? 0);
      expect([length, scanned.rest]).toEqual([length, isBoundary ? 'none' : 'torn']);
      expect(scanned.end).toBe(starts[whole]);
    }
  });

  it('is torn when the file has grown but sectors of the last write read as zeros', () => {
    const end = endOf(lastStart, records[3]);
    const boundaries = [lastStart, 512, 1024, 1536].filter((at) => at >= lastStart && at < end);
    expect(boundaries.length).toBeGreaterThan(2);
    for (const [i, from] of boundaries.entries()) {
      const torn = bytes.slice().fill(0, from, boundaries[i + 1] ?? end);
      expect(scanLog(torn)).toMatchObject({ rest: 'torn', end: lastStart });
      expect(scanLog(torn).records).toHaveLength(3);
    }
  });

  it('is damage when a single bit of the last, complete record is wrong', () => {
    for (let bit = 8 * lastStart; bit < 8 * endOf(lastStart, records[3]); bit += 1) {
      const scanned = scanLog(flipped(bytes, bit));
      expect([bit, scanned.rest]).toEqual([bit, 'bad_last_record']);
      expect(scanned.records).toHaveLength(3);
    }
  });

  it('is damage before it when a single bit of an earlier, durable record is wrong', () => {
    for (let i = 0; i < 3; i += 1) {
      const start = starts[i] ?? 0;
      for (let bit = 8 * start; bit < 8 * endOf(start, records[i]); bit += 1) {
        const scanned = scanLog(flipped(bytes, bit));
        expect([bit, scanned.rest]).toEqual([bit, 'bad_record_before_good']);
        expect(scanned.records).toHaveLength(i);
      }
    }
  });

  it('is damage when any bit of the file head is wrong or the head is cut', () => {
    for (let bit = 0; bit < 8 * 20; bit += 1) {
      expect(scanLog(flipped(bytes, bit))).toMatchObject({
        height: undefined,
        records: [],
        rest: 'bad_file_head',
      });
    }
    for (let length = 0; length < FILE_HEAD_BYTES; length += 1) {
      expect(scanLog(bytes.subarray(0, length)).rest).toBe('bad_file_head');
    }
  });

  it('is torn when several records of one write lost sectors in the middle', () => {
    fc.assert(
      fc.property(
        fc.array(recordArbitrary, { minLength: 2, maxLength: 8 }),
        fc.nat(3),
        fc.infiniteStream(fc.boolean()),
        (list, durable, lost) => {
          const synced = Math.min(durable, list.length - 1);
          const torn = encodeLog(list, { synced });
          const from = recordStarts(list)[synced] ?? 0;
          let isWhole = true;
          for (let at = from; at < torn.length; at = at - (at % 512) + 512) {
            if (lost.next().value !== true) continue;
            isWhole = false;
            torn.fill(0, at, at - (at % 512) + 512);
          }
          const scanned = scanLog(torn);
          expect(scanned.records.length).toBeGreaterThanOrEqual(synced);
          if (isWhole) expect(scanned.rest).toBe('none');
          else expect(['none', 'torn']).toContain(scanned.rest);
        },
      ),
    );
  });

  it('is damage when records are swapped, repeated, dropped or of another height', () => {
    const pieces = starts.slice(0, 4).map((start, i) => bytes.subarray(start, starts[i + 1]));
    const [a, b, c, d] = pieces;
    const head = encodeFileHead(HEIGHT);
    const wrongOrders = [
      [b, a, c, d],
      [a, c, b, d],
      [a, b, b, c, d],
      [a, c, d],
      [b, c, d],
    ];
    for (const order of wrongOrders) {
      const file = Buffer.concat([head, ...order.filter((piece) => piece !== undefined)]);
      expect(scanLog(file).rest).toBe('bad_record_before_good');
    }
    const foreign = encodeLog(records, { height: HEIGHT + 1 }).subarray(FILE_HEAD_BYTES);
    expect(scanLog(Buffer.concat([head, foreign])).rest).toBe('bad_last_record');
  });

  it('does not believe an absurd length', () => {
    const long = bytes.slice();
    long.set([0xff, 0xff, 0xff, 0xff], lastStart);
    expect(scanLog(long).rest).toBe('bad_last_record');
  });
});

function encodeLog(
  records: readonly LogRecord[],
  { height = HEIGHT, synced = 0 }: { height?: number; synced?: number },
): Uint8Array {
  const parts = records.map((record, sequence) =>
    encodeLogRecord(record, { height, sequence, synced: Math.min(sequence, synced) }),
  );
  return new Uint8Array(Buffer.concat([encodeFileHead(height), ...parts]));
}

function place(sequence: number, synced: number) {
  return { height: HEIGHT, sequence, synced };
}

function sampleRecords(count: number): LogRecord[] {
  return Array.from({ length: count }, (_, i) => ({
    type: i + 1,
    payload: Uint8Array.from({ length: 40 + 45 * i ** 3 }, (_byte, at) =>
      nonZero((at * 31 + i) & 0xff),
    ),
  }));
}

function nonZero(byte: number): number {
  return byte === 0 ? 1 : byte;
}

/** The start of each record, and where the next would stand. */
function recordStarts(records: readonly LogRecord[]): number[] {
  const starts = [FILE_HEAD_BYTES];
  for (const { payload } of records) {
    const end = (starts.at(-1) ?? 0) + RECORD_HEAD_BYTES + payload.length;
    starts.push(Math.ceil(end / 8) * 8);
  }
  return starts;
}

function endOf(start: number, record: LogRecord | undefined): number {
  return start + RECORD_HEAD_BYTES + (record?.payload.length ?? 0);
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3] = (copy[bit >> 3] ?? 0) ^ (1 << (bit & 7));
  return copy;
}

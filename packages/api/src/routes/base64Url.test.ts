import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { base64UrlFromBytes, bytesFromBase64Url } from './base64Url.js';

describe('base64url', () => {
  it('writes what the runtime writes and reads it back', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => {
        const text = base64UrlFromBytes(bytes);
        expect(text).toBe(Buffer.from(bytes).toString('base64url'));
        expect(bytesFromBase64Url(text)).toEqual(new Uint8Array(bytes));
      }),
    );
  });

  it('has one text for every byte string', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), (text) => {
        const bytes = bytesFromBase64Url(text);
        if (bytes !== undefined) expect(base64UrlFromBytes(bytes)).toBe(text);
      }),
    );
  });

  it.each(['A', 'AA==', 'AB', 'AAB', 'A+', 'A/', 'A A', 'AAAA\n', 'ÄA', '=', 'AAAAA'])(
    'refuses %j',
    (text) => {
      expect(bytesFromBase64Url(text)).toBeUndefined();
    },
  );
});

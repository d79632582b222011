import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  checkDigit,
  hasCheckDigit,
  isContainerNumber,
  isLei,
  isUnifiedSocialCreditCode,
} from './checkDigits.js';

fc.configureGlobal({ seed: 20_261_121 });

describe('GS1 check digits', () => {
  it.each([
    ['4012345000115', 'GLN'],
    ['614141000012', 'GTIN-12'],
    ['96385074', 'GTIN-8'],
    ['09780345418913', 'GTIN-14'],
    ['340123453111111115', 'SSCC'],
    ['40123452223334442', 'GSIN'],
    ['401234500000067657', 'GSRN'],
  ])('%s (%s) is right', (key) => {
    expect(hasCheckDigit(key)).toBe(true);
  });

  it.each(['', '4', '40123450001a5', ' 4012345000115', '４０１２', '4012345000115\n'])(
    'refuses %j',
    (key) => {
      expect(hasCheckDigit(key)).toBe(false);
    },
  );

  it('gives no digit for what is not digits', () => {
    expect(checkDigit('')).toBeUndefined();
    expect(checkDigit('12x')).toBeUndefined();
  });

  it('notices every single wrong digit', () => {
    const digits = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 2, maxLength: 17 });
    fc.assert(
      fc.property(digits, fc.nat(), fc.integer({ min: 1, max: 9 }), (body, place, change) => {
        const key = `${body.join('')}${checkDigit(body.join(''))}`;
        expect(hasCheckDigit(key)).toBe(true);
        const at = place % key.length;
        const wrong = (Number(key.charAt(at)) + change) % 10;
        expect(hasCheckDigit(key.slice(0, at) + wrong + key.slice(at + 1))).toBe(false);
      }),
    );
  });
});

describe('container numbers (ISO 6346)', () => {
  it.each(['CSQU3054383', 'TOLU4734787', 'MSCU6639870', 'HLXU2008419'])('accepts %s', (number) => {
    expect(isContainerNumber(number)).toBe(true);
  });

  it.each([
    '',
    'CSQU3054384',
    'csqu3054383',
    'CSQA3054383',
    'CSQU305438',
    'CSQU30543830',
    'CSQU 3054383',
    'CSQU305438３',
  ])('refuses %j', (number) => {
    expect(isContainerNumber(number)).toBe(false);
  });
});

describe('legal entity identifiers (ISO 17442)', () => {
  it.each(['529900T8BM49AURSDO55', '5493001KJTIIGC8Y1R12', '213800WSGIIZCXF1P572'])(
    'accepts %s',
    (lei) => {
      expect(isLei(lei)).toBe(true);
    },
  );

  it.each([
    '',
    '529900T8BM49AURSDO56',
    '529900t8bm49aursdo55',
    '529900T8BM49AURSDO5',
    '529900T8BM49AURSD-55',
  ])('refuses %j', (lei) => {
    expect(isLei(lei)).toBe(false);
  });
});

describe('unified social credit codes (GB 32100-2015)', () => {
  it.each(['9144030071526726XG', '91110000600037341L', '91310000132207927C'])(
    'accepts %s',
    (code) => {
      expect(isUnifiedSocialCreditCode(code)).toBe(true);
    },
  );

  it.each([
    '',
    '9144030071526726XH',
    '9144030071526725XG',
    '9144030071526726xg',
    '9144030071526726X',
    '9144030071526726XG0',
    '914403007152672I0G',
    'IIIIIIIIIIIIIIIIII',
  ])('refuses %j', (code) => {
    expect(isUnifiedSocialCreditCode(code)).toBe(false);
  });

  it('wants the organisation code inside to be right as well', () => {
    // Only the last character fits: the code of the organisation would end in X.
    const body = '91440300715267260';
    const last = [...'0123456789ABCDEFGHJKLMNPQRTUWXY'].map((letter) => body + letter);
    expect(last.some(isUnifiedSocialCreditCode)).toBe(false);
  });

  it('notices every single wrong character', () => {
    const alphabet = '0123456789ABCDEFGHJKLMNPQRTUWXY';
    const code = '9144030071526726XG';
    for (let at = 0; at < code.length; at += 1) {
      for (const letter of alphabet) {
        const changed = code.slice(0, at) + letter + code.slice(at + 1);
        expect(isUnifiedSocialCreditCode(changed)).toBe(letter === code.charAt(at));
      }
    }
  });
});

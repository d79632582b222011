import { describe, expect, it, vi } from 'vitest';

vi.stubGlobal('localStorage', { getItem: () => 'en', setItem: () => undefined });
vi.stubGlobal('navigator', { language: 'en' });
const { language } = await import('../data/settings.js');
const { minorDigits, moneyText, percentText, priceText, quantityText } = await import(
  './amounts.js'
);

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('amounts', () => {
  it('money has the digits of its currency and loses none, however large', () => {
    const cases: [string, string, string][] = [
      ['428904000', 'USD', 'USD 4,289,040.00'],
      ['-5', 'CNY', 'CNY −0.05'],
      ['1200', 'JPY', 'JPY 1,200'],
      ['1234', 'KWD', 'KWD 1.234'],
      ['9223372036854775807', 'CNY', 'CNY 92,233,720,368,547,758.07'],
      ['0', 'USD', 'USD 0.00'],
    ];
    for (const [minor, currency, text] of cases) {
      expect(plain(moneyText({ minor, currency }))).toBe(text);
    }
    expect(minorDigits('no currency')).toBe(2);
  });

  it('quantities and prices have their scale and the name of their unit', () => {
    expect(plain(quantityText({ value: '120000', unit: 'BLL', scale: 0 }))).toBe('120,000 bbl');
    expect(plain(quantityText({ value: '12345', unit: 'TNE', scale: 3 }))).toBe('12.345 t');
    expect(plain(quantityText({ value: '7', unit: 'ZZZ', scale: 0 }))).toBe('7 ZZZ');
    const brent = { value: '-3763', currency: 'USD', unit: 'BLL', scale: 0 };
    expect(plain(priceText(brent))).toBe('USD −37.63 / bbl');
    language.value = 'zh';
    expect(plain(priceText(brent))).toBe('USD −37.63 / 桶');
    language.value = 'en';
  });

  it('ratios are per cent with two digits', () => {
    expect(plain(percentText(5357))).toBe('53.57 %');
    expect(plain(percentText(10_049))).toBe('100.49 %');
    expect(plain(percentText(5))).toBe('0.05 %');
  });
});

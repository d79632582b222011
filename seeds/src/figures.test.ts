import { expect, it } from 'vitest';
import { dayOfDate, dayOfTime } from './calendar.js';
import { barrelsText, changeText, moneyText, percentText, priceText } from './figures.js';

it('amounts read as a banker writes them', () => {
  expect(moneyText(428_904_000n)).toBe('4,289,040.00 USD');
  expect(moneyText(5n)).toBe('0.05 USD');
  expect(moneyText(-123_456n, 'CNY')).toBe('-1,234.56 CNY');
  expect(barrelsText(120_000n)).toBe('120,000 bbl');
  expect(barrelsText(7n)).toBe('7 bbl');
  expect(priceText(1_485n)).toBe('14.85');
  expect(percentText(7_838)).toBe('78.38 %');
  expect(percentText(10_049)).toBe('100.49 %');
});

it('changes of price are rounded to one decimal', () => {
  expect(changeText(5_129n, 4_560n)).toBe('-11.1 %');
  expect(changeText(1_485n, 1_497n)).toBe('+0.8 %');
  expect(changeText(100n, 100n)).toBe('0.0 %');
});

it('days are counted as the ledger counts them', () => {
  expect(dayOfDate('1970-01-01')).toBe(0);
  expect(dayOfDate('2020-02-20')).toBe(18_312);
  expect(dayOfTime(Date.parse('2020-02-19T16:00:00Z'))).toBe(18_312);
  expect(dayOfTime(Date.parse('2020-02-19T15:59:59Z'))).toBe(18_311);
});

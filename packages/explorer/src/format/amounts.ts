import { isRecord } from '../data/nodeApi.js';
import { language } from '../data/settings.js';

export interface MoneyJson {
  readonly minor: string;
  readonly currency: string;
}

export interface QuantityJson {
  readonly value: string;
  readonly unit: string;
  readonly scale: number;
}

export interface PriceJson extends QuantityJson {
  readonly currency: string;
}

/** UN/ECE Recommendation 20 codes that goods are measured in: English, Chinese. */
const units: Readonly<Record<string, readonly [string, string]>> = {
  BLL: ['bbl', '桶'],
  KGM: ['kg', '千克'],
  TNE: ['t', '吨'],
  GRM: ['g', '克'],
  LTR: ['l', '升'],
  MTQ: ['m³', '立方米'],
  MTR: ['m', '米'],
  MMT: ['mm', '毫米'],
  H87: ['pcs', '件'],
  C62: ['units', '个'],
  EA: ['each', '个'],
  XCT: ['cartons', '箱'],
  XPX: ['pallets', '托盘'],
  CEL: ['°C', '°C'],
  P1: ['%', '%'],
};

export function isMoney(value: unknown): value is MoneyJson {
  return isRecord(value) && typeof value.minor === 'string' && typeof value.currency === 'string';
}

export function isQuantity(value: unknown): value is QuantityJson {
  if (!isRecord(value) || 'currency' in value) return false;
  return typeof value.value === 'string' && typeof value.unit === 'string';
}

export function isPrice(value: unknown): value is PriceJson {
  return (
    isRecord(value) && typeof value.value === 'string' && 'unit' in value && 'currency' in value
  );
}

/** Money with its currency's minor digits, exactly: `USD 4,289,040.00`. */
export function moneyText({ minor, currency }: MoneyJson): string {
  const digits = minorDigits(currency);
  const number = groupedText(minor, digits);
  return `${currency}\u00a0${number}`;
}

/** Money in few characters, for charts and tiles: `USD 4.29M`, `4.29百万` never: 万 and 亿. */
export function shortMoneyText({ minor, currency }: MoneyJson): string {
  const value = Number(minor) / 10 ** minorDigits(currency);
  const format = new Intl.NumberFormat(localeName(), {
    notation: 'compact',
    maximumFractionDigits: 2,
  });
  return `${currency}\u00a0${format.format(value)}`;
}

/** A quantity with its unit's name: `120,000 bbl`. */
export function quantityText({ value, unit, scale }: QuantityJson): string {
  return `${groupedText(value, scale)}\u00a0${unitText(unit)}`;
}

/** A price: value × 10^−scale minor units for each unit, as money: `USD 59.57 / bbl`. */
export function priceText({ value, currency, unit, scale }: PriceJson): string {
  const number = groupedText(value, scale + minorDigits(currency));
  return `${currency}\u00a0${number} / ${unitText(unit)}`;
}

/** Ten-thousandths as per cent: 5357 is `53.57 %`. */
export function percentText(bps: number): string {
  return `${groupedText(String(Math.trunc(bps)), 2)}\u00a0%`;
}

/** A whole number with separators. */
export function countText(count: number | string | bigint): string {
  return groupedText(String(count), 0);
}

/** The name of a unit of measure in the reader's language; the code when it has none here. */
export function unitText(code: string): string {
  const names = units[code];
  return (language.value === 'zh' ? names?.[1] : names?.[0]) ?? code;
}

/** How many digits a currency's minor unit has (ISO 4217). */
export function minorDigits(currency: string): number {
  try {
    const format = new Intl.NumberFormat('en', { style: 'currency', currency });
    return format.resolvedOptions().maximumFractionDigits ?? 2;
  } catch {
    return 2;
  }
}

/** The locale of dates and numbers. */
export function localeName(): string {
  return language.value === 'zh' ? 'zh-CN' : 'en-GB';
}

/** An integer of any size with so many digits behind the point: no float on the way. */
function groupedText(integer: string, digits: number): string {
  const negative = integer.startsWith('-');
  const bare = (negative ? integer.slice(1) : integer).padStart(digits + 1, '0');
  const whole = digits === 0 ? bare : bare.slice(0, -digits);
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  const rest = digits === 0 ? '' : `.${bare.slice(-digits)}`;
  return `${negative ? '−' : ''}${grouped}${rest}`;
}

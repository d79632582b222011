/** How amounts read to a banker. Integers only; the sign stands before everything. */

/** Minor units of a currency with two decimals: `4,289,040.00 USD`. */
export function moneyText(minor: bigint, currency = 'USD'): string {
  return `${decimalText(minor, 2)} ${currency}`;
}

/** `120,000 bbl`. */
export function barrelsText(value: bigint): string {
  return `${decimalText(value, 0)} bbl`;
}

/** `20,000`. */
export function countText(value: bigint): string {
  return decimalText(value, 0);
}

/** A price in cents: `59.57`. */
export function priceText(cents: bigint): string {
  return decimalText(cents, 2);
}

/** Basis points as a percentage: `78.38 %`. */
export function percentText(bps: number): string {
  return `${decimalText(BigInt(bps), 2)} %`;
}

/** The change from one price to the next in per cent with one decimal: `-11.1 %`. */
export function changeText(from: bigint, to: bigint): string {
  const twice = (2_000n * (to - from)) / from;
  const tenths = (twice + (twice < 0n ? -1n : 1n)) / 2n;
  return `${tenths > 0n ? '+' : ''}${decimalText(tenths, 1)} %`;
}

function decimalText(value: bigint, decimals: number): string {
  const sign = value < 0n ? '-' : '';
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals).replace(/\B(?=(\d{3})+$)/g, ',');
  const fraction = decimals === 0 ? '' : `.${digits.slice(-decimals)}`;
  return `${sign}${whole}${fraction}`;
}

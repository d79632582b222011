import type { Lien } from './schema.js';

/**
 * What a lien secures of a debt, in minor units: no more than its maximum, where the register's
 * figure prevails over the contract's (Interp. 15; L4).
 */
export function securedSum(
  lien: Pick<Lien, 'securedMax' | 'publicity'>,
  debtMinor: bigint,
): bigint {
  const { minor } = lien.publicity.registeredMax ?? lien.securedMax;
  return debtMinor < minor ? debtMinor : minor;
}

import type { Day } from '@triflow/protocol';
import { registrationInForce } from './effectiveness.js';
import type { Lien, LienClass } from './schema.js';

/** Who meets a lien that is not registered. */
export type ThirdParty =
  | {
      readonly kind: 'buyer_or_lessee';
      readonly inPossession: boolean;
      /** It knew of the lien, or should have: the lien's holder must prove it. */
      readonly knew: boolean;
    }
  | { readonly kind: 'seizing_creditor' | 'bankruptcy_creditors' };

const BY_REGISTRATION: readonly LienClass[] = [
  'MORTGAGE',
  'FLOATING_MORTGAGE',
  'PURCHASE_MONEY',
  'TITLE_RETENTION',
  'FINANCE_LEASE',
];

/**
 * Whether a lien that needs registration to be good against third parties can be held against one
 * (403, 641, 745; Interp. 54, 67): unregistered, not against a bona fide buyer or lessee in
 * possession, nor with priority against who seized the goods or in a bankruptcy.
 */
export function opposable(
  lien: Pick<Lien, 'class' | 'publicity'>,
  third: ThirdParty,
  day: Day,
): { readonly good: boolean; readonly articles: readonly string[] } {
  const articles = ['403', 'Interp. 54'];
  if (!BY_REGISTRATION.includes(lien.class)) return { good: true, articles: [] };
  if (registrationInForce(lien.publicity, day)) return { good: true, articles };
  if (third.kind !== 'buyer_or_lessee') return { good: false, articles };
  return { good: !third.inPossession || third.knew, articles };
}

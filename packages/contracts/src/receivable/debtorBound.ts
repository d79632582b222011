import type { PartyId } from '@triflow/protocol';
import type { Claim } from './schema.js';

/** Whether a debtor can still say that a claim never existed, and by which rule. */
export interface DebtorBound {
  readonly bound: boolean;
  readonly reason: 'confirmed' | 'holder_knew' | 'not_confirmed';
  readonly articles: readonly string[];
  /** Of a pledge that was registered only, the pledgee must prove that the claim is true. */
  readonly flags: readonly 'truth_to_be_proved'[];
}

/**
 * A debtor that confirmed is bound to a holder even if the trade never was (763; Interp. 61(1);
 * CI 49), but not to one that knew so. Unconfirmed, registration alone proves nothing
 * (Interp. 61(2)).
 */
export function debtorBound(
  claim: Pick<Claim, 'knowing'>,
  confirmedAt: number | undefined,
  holder: PartyId,
): DebtorBound {
  if (confirmedAt === undefined) {
    const flags = ['truth_to_be_proved'] as const;
    return { bound: false, reason: 'not_confirmed', articles: ['Interp. 61(2)'], flags };
  }
  const articles = ['763', 'Interp. 61(1)', 'CI 49'];
  const knew = claim.knowing.includes(holder);
  return { bound: !knew, reason: knew ? 'holder_knew' : 'confirmed', articles, flags: [] };
}

import type { ReadContext } from '@triflow/protocol';
import { lesser } from '../lesser.js';
import { type Lien, secures } from '../lien/internal.js';
import { owedOn } from './interest.js';
import { claims, facilities } from './keys.js';
import type { Claim } from './schema.js';
import type { DebtParts } from './waterfall.js';

const NOTHING: DebtParts = {
  costsMinor: 0n,
  interestMinor: 0n,
  principalMinor: 0n,
  penaltiesMinor: 0n,
  reservedMinor: 0n,
};

/** What another creditor's lien on sold goods claims, beside what it was paid already. */
export interface OtherClaim {
  readonly parts: DebtParts;
  readonly record: Claim;
}

/**
 * The claim behind another creditor's lien: as its holder stated it, else as its facility's record
 * says, else all that it may secure, kept back for it (L4).
 */
export function otherClaim(context: ReadContext, facility: string, lien: Lien): OtherClaim {
  const { debtRef, holder } = lien;
  const found = context.get(claims, facility, holder, debtRef);
  const record = found ?? { facility, debtRef, holder, paidMinor: 0n };
  return { record, parts: lessPaid(grossParts(context, lien, record), record.paidMinor) };
}

/** Parts less a payment, in the order of 561. */
export function lessPaid(parts: DebtParts, paidMinor: bigint): DebtParts {
  const order = ['costs', 'interest', 'principal', 'penalties', 'reserved'] as const;
  const left = { ...parts };
  let rest = paidMinor;
  for (const part of order) {
    const name = `${part}Minor` as const;
    const paid = lesser(rest, left[name]);
    left[name] -= paid;
    rest -= paid;
  }
  return left;
}

function grossParts(context: ReadContext, lien: Lien, record: Claim): DebtParts {
  if (record.stated !== undefined) {
    const { costsMinor, interestMinor, principalMinor } = record.stated;
    return { ...NOTHING, costsMinor, interestMinor, principalMinor };
  }
  const other = lien.debtRef.startsWith('pl_') ? context.get(facilities, lien.debtRef) : undefined;
  if (other === undefined || !secures(lien, other))
    return { ...NOTHING, reservedMinor: lien.securedMax.minor };
  const { costsMinor, interestMinor, principalMinor, penaltiesMinor } = owedOn(
    other.debt,
    other,
    context.day,
  );
  return { ...NOTHING, costsMinor, interestMinor, principalMinor, penaltiesMinor };
}

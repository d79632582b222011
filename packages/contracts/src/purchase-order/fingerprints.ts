import type { CborValue, PartyId, ReadContext } from '@triflow/protocol';
import { foldText } from '../foldText.js';

const FOLDED = /^[0-9A-Z-]{1,40}$/;
const DOMAIN = 'triflow/invoice-fingerprint/1';

export interface FingerprintFields {
  readonly seller: PartyId;
  readonly buyer: PartyId;
  readonly code: string;
  readonly number: string;
  readonly amount: { readonly minor: bigint; readonly currency: string };
  readonly issueDay: number;
}

export const partialKinds = ['number', 'amount_day', 'code_number_amount'] as const;
export type PartialKind = (typeof partialKinds)[number];

/** An invoice's code or number after folding; undefined when it is not 1 to 40 of 0-9 A-Z -. */
export function foldedNumber(text: string): string | undefined {
  const folded = foldText(text);
  return FOLDED.test(folded) ? folded : undefined;
}

/** The digest that refuses a second registration of the same invoice. */
export function exactFingerprint(context: ReadContext, fields: FingerprintFields): string {
  const { seller, buyer, code, number, amount, issueDay } = fields;
  const { minor, currency } = amount;
  const value = ['exact', seller, buyer, code, number, minor, currency, issueDay];
  return context.digest(DOMAIN, value);
}

/** The digests that flag a similar invoice. */
export function partialFingerprints(
  context: ReadContext,
  fields: FingerprintFields,
): readonly { readonly kind: PartialKind; readonly digest: string }[] {
  const { seller, buyer, code, number, issueDay } = fields;
  const { minor, currency } = fields.amount;
  const parts: Readonly<Record<PartialKind, readonly CborValue[]>> = {
    number: [seller, buyer, number],
    amount_day: [seller, buyer, minor, currency, issueDay],
    code_number_amount: [code, number, minor, currency],
  };
  return partialKinds.map((kind) => ({
    kind,
    digest: context.digest(DOMAIN, [kind, ...parts[kind]]),
  }));
}

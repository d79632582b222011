import { eachRecord, type Invariant } from '../invariant.js';
import { freeMinor, isPayable } from './internal.js';
import { obligations, openLists, proofs, references } from './keys.js';
import { stateOf } from './obligationChange.js';
import { lastPaidDay, settlementOn } from './settlement.js';

/** Checked after random command sequences, and by whoever holds a whole state. */
export const invariants: readonly Invariant[] = [
  eachRecord('M1 amount = allocated + used + free', proofs, (proof) => {
    const allocated = proof.allocations.reduce((sum, one) => sum + one.minor, 0n);
    const used = proof.uses.reduce((sum, one) => sum + one.minor, 0n);
    const sums = allocated === proof.allocatedMinor && used === proof.usedMinor;
    return sums && allocated + used <= proof.amount.minor && freeMinor(proof) >= 0n;
  }),
  eachRecord('M2 paid is at most the amount and its late interest', obligations, (obligation) => {
    const { paidMinor, state, payments } = obligation;
    const { excessMinor } = settlementOn(obligation, lastPaidDay(obligation));
    const sum = payments.reduce((total, one) => total + one.minor, 0n);
    return excessMinor === 0n && sum === paidMinor && state === stateOf(obligation);
  }),
  eachRecord('M3 paid is what accepted proofs allocate', obligations, (obligation, state) => {
    const paid = state
      .records(proofs)
      .filter((proof) => proof.state === 'ACCEPTED')
      .flatMap((proof) => proof.allocations)
      .filter((one) => one.obligation === obligation.id)
      .reduce((sum, one) => sum + one.minor, 0n);
    return paid === obligation.paidMinor;
  }),
  eachRecord('M5 money went to who was the creditor', obligations, (obligation) =>
    obligation.payments.every(
      ({ payee }) =>
        payee === obligation.creditor || obligation.former.some((one) => one.party === payee),
    ),
  ),
  eachRecord(
    'a conditional obligation is paid when its conditions are met',
    obligations,
    (one) => one.paidMinor === 0n || isPayable(one),
  ),
  eachRecord('M4 the payer is the debtor or declared', proofs, (proof, state) =>
    proof.allocations.every(({ obligation }) => {
      const found = state.read(obligations, obligation);
      return found?.debtor === proof.payer || found?.payers.includes(proof.payer) === true;
    }),
  ),
  eachRecord('a bank reference belongs to one proof', proofs, (proof, state) => {
    const { payerBank, bankReference, valueDay, id } = proof;
    return state.read(references, payerBank, bankReference, String(valueDay))?.proof === id;
  }),
  eachRecord('the list of open obligations is right', obligations, (obligation, state) => {
    const { debtor, creditor, amount, id } = obligation;
    const listed = state.read(openLists, debtor, creditor, amount.currency)?.obligations ?? [];
    const isOpen = obligation.state === 'OPEN' || obligation.state === 'PARTLY_PAID';
    return isOpen === listed.includes(id);
  }),
];

import { eachRecord, type Invariant, type StateView } from '../invariant.js';
import { findLienIn, liensOnAssetIn } from '../lien/internal.js';
import { lots, receipts, slotUses, tokens, weighings } from './keys.js';
import { isOpen } from './lifecycle.js';
import type { Lot, Receipt } from './schema.js';

/** Checked after random command sequences, and by whoever holds a whole state. */
export const invariants: readonly Invariant[] = [
  eachRecord(
    'E1 receipts of a lot add up to what it says, within what is there',
    lots,
    (lot, state) => {
      const open = openReceipts(lot, state);
      const receipted = sum(open.map((receipt) => receipt.quantity.value));
      return (
        receipted === lot.receipted.value &&
        open.length === lot.openReceipts &&
        (lot.state === 'SHORT' || lot.receipted.value <= lot.onHand.value)
      );
    },
  ),
  eachRecord('E2 a slot is in one lot, and an empty lot has none', lots, (lot, state) => {
    const held = lot.slots.every((slot) => state.read(slotUses, slot)?.lot === lot.id);
    return held && (lot.onHand.value > 0n || lot.slots.length === 0);
  }),
  {
    rule: 'E2 the slots in use are those of the lots',
    broken: (state) => {
      const named = state.records(lots).reduce((count, lot) => count + lot.slots.length, 0);
      return state.records(slotUses).length === named ? [] : ['E2: slots in use'];
    },
  },
  eachRecord(
    'E3 a pledged receipt carries one exclusive lien, a free one none',
    receipts,
    pledgedAsSaid,
  ),
  eachRecord('E4 the parts of a split receipt name it, and it them', receipts, (receipt, state) => {
    if (receipt.state !== 'SPLIT') return receipt.children.length === 0;
    const parts = receipt.children.map((id) => state.read(receipts, id));
    return parts.length > 1 && parts.every((part) => part?.parents.includes(receipt.id));
  }),
  eachRecord('E5 weighed in less weighed out is on hand', lots, (lot, state) => {
    const own = state.records(weighings).filter((one) => one.lot === lot.id);
    const weighed = (way: string) =>
      sum(own.filter((one) => one.direction === way).map((one) => one.quantity.value));
    return weighed('in') - weighed('out') === lot.onHand.value;
  }),
  eachRecord('E5 what was weighed out had used tokens', lots, (lot, state) => {
    const used = state
      .records(tokens)
      .filter((token) => token.state === 'USED')
      .filter((token) => state.read(receipts, token.receipt)?.lot === lot.id);
    const out = state
      .records(weighings)
      .filter((one) => one.lot === lot.id && one.direction === 'out');
    return sum(used.map((one) => one.quantity.value)) === sum(out.map((one) => one.quantity.value));
  }),
  eachRecord('E6 the keeper never holds its own receipt', receipts, (receipt) => {
    return receipt.holder !== receipt.warehouse;
  }),
  eachRecord(
    'a token is out exactly while goods are being withdrawn',
    receipts,
    (receipt, state) => {
      const withdrawing = receipt.state === 'WITHDRAWING';
      if (!withdrawing) return receipt.token === undefined;
      const token = state.read(tokens, receipt.id, String(receipt.token));
      return token?.state === 'VALID' && token.quantity.value <= receipt.quantity.value;
    },
  ),
];

function openReceipts(lot: Lot, state: StateView): readonly Receipt[] {
  return state
    .records(receipts)
    .filter((receipt) => receipt.lot === lot.id && isOpen(receipt.state));
}

function pledgedAsSaid(receipt: Receipt, state: StateView): boolean {
  const listed = liensOnAssetIn(state, receipt.id);
  const stands = receipt.formerState ?? receipt.state;
  if (stands !== 'PLEDGED')
    return listed.length === 0 && (receipt.lien === undefined || closed(receipt));
  const [only] = listed;
  const lien = only === undefined ? undefined : findLienIn(state, only.lien);
  return (
    listed.length === 1 &&
    lien?.exclusive === true &&
    lien.id === receipt.lien &&
    lien.holder === receipt.lender &&
    lien.debtRef === receipt.facility
  );
}

function closed(receipt: Receipt): boolean {
  return !isOpen(receipt.state);
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

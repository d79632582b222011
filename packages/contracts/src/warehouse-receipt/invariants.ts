import { eachRecord, type Invariant, type StateView } from '../invariant.js';
import { findLienIn, liensOnAssetIn, stageIn } from '../lien/internal.js';
import { lots, receipts, slotUses, stocktakeBooks, stocktakes, tokens, weighings } from './keys.js';
import { isOpen } from './lifecycle.js';
import type { Lot, Receipt, Stocktake } from './schema.js';

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
    const empty = lot.onHand.value === 0n && lot.openReceipts === 0;
    return held && (!empty || lot.slots.length === 0);
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
  eachRecord(
    'E2 an open receipt’s slots are its own, and no other’s',
    receipts,
    (receipt, state) =>
      closed(receipt) ||
      receipt.slots.every((slot) => {
        const use = state.read(slotUses, slot);
        return use?.receipt === receipt.id && use.lot === receipt.lot;
      }),
  ),
  eachRecord('E4 receipts that others replace name them, and they it', receipts, replacedAsSaid),
  eachRecord('E4 split, merged and reissued receipts keep the quantity', receipts, conserved),
  eachRecord('E5 the last count, more in, less out is on hand', lots, (lot, state) => {
    const own = state.records(weighings).filter((one) => one.lot === lot.id);
    const weighed = (way: string) =>
      sum(own.filter((one) => one.direction === way).map((one) => one.quantity.value));
    const { opening, weighedIn, weighedOut } = lot;
    const since = weighedIn - opening.weighedIn - (weighedOut - opening.weighedOut);
    return (
      weighed('in') === weighedIn &&
      weighed('out') === weighedOut &&
      opening.onHand + since === lot.onHand.value
    );
  }),
  {
    rule: 'E7 at each signed stocktake opening + in = out + counted + missing, by its standard',
    broken: (state) =>
      state
        .records(stocktakes)
        .filter((one) => one.state === 'SIGNED' && !reconciledAsSaid(one, state))
        .map(({ lot, number }) => `E7: ${lot} ${number}`),
  },
  eachRecord('E7 a lot is short exactly while its last count says so', lots, (lot) => {
    return (lot.state === 'SHORT') === (lot.short !== undefined);
  }),
  eachRecord(
    'L1 the register of lineage has what is in a lot under no receipt',
    lots,
    (lot, state) => {
      const beyond = lot.onHand.value - lot.receipted.value;
      return stageTotal(state, lot.id, lot.onHand.scale) === (beyond > 0n ? beyond : 0n);
    },
  ),
  eachRecord(
    'L1 the register of lineage has what is under a receipt',
    receipts,
    (receipt, state) => {
      if (closed(receipt)) return true;
      const { value, scale } = receipt.quantity;
      return stageTotal(state, receipt.id, scale) === value;
    },
  ),
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
    return (listed.every((one) => !one.exclusive) && receipt.lien === undefined) || closed(receipt);
  const exclusive = listed.filter((one) => one.exclusive);
  const [only] = exclusive;
  const lien = only === undefined ? undefined : findLienIn(state, only.lien);
  return (
    exclusive.length === 1 &&
    lien?.exclusive === true &&
    lien.id === receipt.lien &&
    lien.holder === receipt.lender &&
    lien.debtRef === receipt.facility
  );
}

function replacedAsSaid(receipt: Receipt, state: StateView): boolean {
  const replaced = ['SPLIT', 'MERGED', 'REPLACED'].includes(receipt.state);
  if (!replaced) return receipt.children.length === 0;
  const parts = receipt.children.map((id) => state.read(receipts, id));
  const several = receipt.state === 'SPLIT' ? parts.length > 1 : parts.length === 1;
  return several && parts.every((part) => part?.parents.includes(receipt.id));
}

/** What a receipt and its later withdrawals make of its quantity, parts and parents agree upon. */
function conserved(receipt: Receipt, state: StateView): boolean {
  const [first] = receipt.children;
  if (first === undefined) return true;
  const parents = state.read(receipts, first)?.parents ?? [];
  const given = parents.map((id) => state.read(receipts, id)?.quantity.value ?? 0n);
  const withdrawn = (id: string) =>
    sum(
      state
        .records(tokens)
        .filter((token) => token.receipt === id && token.state === 'USED')
        .map((token) => token.quantity.value),
    );
  const issued = receipt.children.map((id) => {
    const child = state.read(receipts, id);
    const kept = child?.state === 'DEPOSITED' ? 0n : withdrawn(id);
    return (child?.quantity.value ?? 0n) + kept;
  });
  return sum(given) === sum(issued);
}

function reconciledAsSaid(one: Stocktake, state: StateView): boolean {
  const book = state.read(stocktakeBooks, one.lot, String(one.number));
  const lot = state.read(lots, one.lot);
  if (book === undefined || lot === undefined) return false;
  const { counted, missing } = one;
  if (counted === undefined || missing === undefined) return false;
  const stored = book.opening + book.weighedIn;
  const inLimit = missing >= 0n && missing * 10_000n <= BigInt(lot.lossStandardBps) * stored;
  return (
    stored === book.weighedOut + counted + missing &&
    inLimit === (one.verdict === 'within_standard') &&
    one.counter !== lot.warehouse
  );
}

function stageTotal(state: StateView, id: string, scale: number): bigint {
  const stage = stageIn(state, id);
  if (stage === undefined) return 0n;
  return sum(stage.parts.map((part) => part.value)) / 10n ** BigInt(stage.scale - scale);
}

function closed(receipt: Receipt): boolean {
  return !isOpen(receipt.state);
}

function sum(values: readonly bigint[]): bigint {
  return values.reduce((total, value) => total + value, 0n);
}

import { eachRecord, type Invariant } from '../invariant.js';
import { isKnownObject } from './businessObject.js';
import {
  handovers,
  items,
  movements,
  numbered,
  persons,
  slots,
  stocktakes,
  vaults,
} from './keys.js';

/** Checked after random command sequences, and by whoever holds a whole state. */
export const invariants: readonly Invariant[] = [
  {
    rule: 'K1 one slot per item, one item per slot',
    broken: (state) => {
      const all = state.records(items);
      const places = all.flatMap(({ vault, slot }) =>
        slot === undefined ? [] : [`${vault} ${slot}`],
      );
      const twice = new Set(places).size === places.length ? [] : ['K1: a slot holds two items'];
      const lost = all.filter(({ id, vault, slot, state: where }) => {
        if (slot === undefined) return where === 'IN_VAULT' || where === 'CHECKED_OUT';
        return state.read(slots, vault, slot)?.item !== id;
      });
      return [...twice, ...lost.map((item) => `K1: ${item.id}`)];
    },
  },
  {
    rule: 'K2 no keeper changes with open differences unless an approver excepts',
    broken: (state) =>
      state
        .records(handovers)
        .filter(({ vault, stocktake, exceptedBy, items: count }) => {
          const signed = state.read(stocktakes, ...numbered(vault, stocktake));
          const full = signed?.state === 'SIGNED' && count <= signed.bookItems;
          const clean = signed?.differences.every((one) => one.settled) === true;
          return !full || (!clean && exceptedBy === undefined);
        })
        .map(({ vault }) => `K2: ${vault}`),
  },
  eachRecord('K2 open differences are what nobody settled', vaults, (vault, state) => {
    const open = state
      .records(stocktakes)
      .filter((one) => one.vault === vault.id && one.state === 'SIGNED')
      .flatMap((one) => one.differences)
      .filter((one) => !one.settled);
    return open.length === vault.openDifferences;
  }),
  {
    rule: 'K3 every way in and out has two keepers and an approval of different persons',
    broken: (state) => {
      const all = state.records(movements);
      const wrong = all.filter(({ vault, keepers, approver }) => {
        const refs = [...keepers, approver].map(
          (party) => state.read(persons, vault, party)?.personRef,
        );
        return refs.includes(undefined) || new Set(refs).size !== refs.length;
      });
      const untold = state.records(items).filter(({ id, movements: count }) => {
        return all.filter((movement) => movement.item === id).length !== count;
      });
      return [...wrong.map(({ item }) => `K3: ${item}`), ...untold.map(({ id }) => `K3: ${id}`)];
    },
  },
  eachRecord('K3 what is out was let out', items, (item, state) => {
    const last = state.read(movements, ...numbered(item.id, item.movements));
    if (item.state === 'CHECKED_OUT') return last?.kind === 'check_out';
    if (item.state === 'RELEASED') return last?.kind === 'release_final';
    if (item.state === 'PENDING_IN') return item.movements === 0;
    return last?.kind === 'put_in' || last?.kind === 'return_in';
  }),
  eachRecord('K4 an item belongs to a business object', items, (item, state) =>
    isKnownObject({ get: state.read }, item.linkedTo),
  ),
  eachRecord('a vault knows how many items it holds', vaults, (vault, state) => {
    const inside = state.records(items).filter((item) => {
      return item.vault === vault.id && item.state === 'IN_VAULT';
    });
    return inside.length === vault.items;
  }),
];

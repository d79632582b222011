import { faultsMax, hexFromBytes, validatorSetsTable } from '@triflow/protocol';
import { eachRecord, type Invariant } from '../invariant.js';
import { anchorHeads, anchors, consensusKeys, features, proposals } from './keys.js';
import { changedSeats } from './validatorChange.js';

/** Checked after random command sequences, and by whoever holds a whole state. */
export const invariants: readonly Invariant[] = [
  {
    rule: 'G1 from one set to the next at most max(1, f) seats change',
    broken: (state) => {
      const sets = state.read(validatorSetsTable, 'all')?.sets ?? [];
      return sets.slice(1).flatMap((next, index) => {
        const before = sets[index]?.validators ?? [];
        const most = Math.max(1, faultsMax(Math.max(1, before.length)));
        const shrunk = next.validators.length < Math.min(4, before.length);
        const changed = changedSeats(before, next.validators);
        return changed > most || shrunk ? [`G1: the set of height ${next.fromHeight}`] : [];
      });
    },
  },
  {
    rule: 'R-S3 ids, keys and peers of a set are unique, and the keys are noted as used',
    broken: (state) => {
      const sets = state.read(validatorSetsTable, 'all')?.sets ?? [];
      return sets.flatMap(({ fromHeight, validators }) => {
        const keys = validators.map((one) => hexFromBytes(one.publicKey));
        const noted = keys.every((key) => state.read(consensusKeys, key) !== undefined);
        const names = [keys, validators.map(({ id }) => id), validators.map((one) => one.peerId)];
        const unique = names.every((list) => new Set<string>(list).size === list.length);
        return noted && unique ? [] : [`R-S3: the set of height ${fromHeight}`];
      });
    },
  },
  eachRecord('what passed counts at the earliest two heights later', proposals, (proposal) => {
    const { change, passed, inForceFrom } = proposal;
    if (inForceFrom === undefined || change.kind.endsWith('_observer')) return true;
    return passed !== undefined && inForceFrom >= passed.height + 2;
  }),
  {
    rule: 'G3 a feature counts from the height that its proposal decided',
    broken: (state) =>
      state
        .records(features)
        .filter((one) => state.read(proposals, one.proposal)?.inForceFrom !== one.fromHeight)
        .map((one) => `G3: ${one.feature}`),
  },
  {
    rule: 'anchors of a node follow one another without a gap',
    broken: (state) =>
      state
        .records(anchors)
        .filter((one) => (state.read(anchorHeads, one.node)?.to ?? 0) < one.to)
        .map((one) => `anchors: ${one.node} ${one.from}`),
  },
];

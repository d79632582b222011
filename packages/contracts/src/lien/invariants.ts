import { eachRecord, type Invariant, type StateView } from '../invariant.js';
import { effectiveTime } from './effectiveness.js';
import { heldBy, pruned, totalOf } from './goodsStage.js';
import { claimants, liens, onAsset, registrations, stages } from './keys.js';
import { isLive } from './lifecycle.js';
import type { Lien } from './schema.js';

/** Checked after random command sequences, and by whoever holds a whole state. */
export const invariants: readonly Invariant[] = [
  eachRecord('a live lien is on its asset’s list, an ended one is not', liens, (lien, state) => {
    const listed = state.read(onAsset, lien.asset.id)?.liens ?? [];
    const entries = listed.filter((entry) => entry.lien === lien.id);
    return entries.length === (isLive(lien.state) ? 1 : 0);
  }),
  {
    rule: 'a list names live liens of its asset, as their records say',
    broken: (state) =>
      state
        .records(onAsset)
        .filter(({ asset, liens: entries }) => {
          const known = entries.map((entry) => ({ entry, lien: state.read(liens, entry.lien) }));
          return !known.every(
            ({ entry, lien }) => lien?.asset.id === asset && lien.state === entry.state,
          );
        })
        .map(({ asset }) => `onAsset ${asset}`),
  },
  {
    rule: 'E3, F4 an asset has at most one exclusive lien',
    broken: (state) =>
      state
        .records(onAsset)
        .filter(({ liens: entries }) => {
          const exclusive = entries.filter((entry) => entry.exclusive);
          return exclusive.length > 1;
        })
        .map(({ asset }) => `E3: ${asset}`),
  },
  eachRecord('EFFECTIVE exactly when its class has all that it needs', liens, (lien) => {
    const since = effectiveTime(lien);
    if (!isLive(lien.state)) return true;
    return (lien.state !== 'PROPOSED') === (since !== undefined) && lien.effectiveAt === since;
  }),
  {
    rule: 'L1, L2 at no stage is more held than there is, so claims stay within what exists',
    broken: (state) =>
      state
        .records(stages)
        .filter((stage) => {
          const live = pruned(stage, (one) => state.read(claimants, one.by)?.state === 'HOLDING');
          return live.parts.some(
            (part) => part.claims.reduce((sum, one) => sum + one.value, 0n) > part.value,
          );
        })
        .map(({ stage }) => `L2: ${stage}`),
  },
  eachRecord('L1 a live exclusive lien holds the goods it lies on', liens, (lien, state) => {
    const stage = state.read(stages, lien.asset.id);
    if (!lien.exclusive || !isLive(lien.state) || stage === undefined) return true;
    if (totalOf(stage) === 0n) return true;
    return state.read(claimants, lien.id)?.state === 'HOLDING' && heldBy(stage, lien.id) > 0n;
  }),
  eachRecord('an ended lien holds no goods', liens, (lien, state) => {
    return isLive(lien.state) || state.read(claimants, lien.id)?.state !== 'HOLDING';
  }),
  eachRecord('L5 a moved lien lives on in its children', liens, followsEveryPart),
  eachRecord('a registration number serves one debt', liens, (lien, state) => {
    const { registrationNo } = lien.publicity;
    if (registrationNo === undefined) return true;
    const filed = state.read(registrations, registrationNo);
    const { grantor, holder, debtRef } = lien;
    return (
      filed?.grantor === grantor &&
      (filed.holder === holder || isSold(lien)) &&
      filed.debtRef === debtRef
    );
  }),
];

function followsEveryPart(lien: Lien, state: StateView): boolean {
  if (lien.state !== 'MOVED') return lien.children.length === 0;
  const children = lien.children.map((id) => state.read(liens, id));
  return (
    children.length > 0 &&
    children.every(
      (child) =>
        child?.parent === lien.id &&
        child.origin === lien.origin &&
        child.class === lien.class &&
        (child.holder === lien.holder || isSold(lien)) &&
        child.debtRef === lien.debtRef &&
        child.createdAt === lien.createdAt,
    )
  );
}

/** A lender may hand a claim that it bought on to another. */
function isSold(lien: Lien): boolean {
  return lien.class === 'FACTORING' || lien.class === 'ASSIGNMENT';
}

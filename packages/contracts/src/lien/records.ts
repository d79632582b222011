import {
  assert,
  type CborMap,
  isOk,
  limits,
  OK,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import { effectiveTime } from './effectiveness.js';
import { liens, onAsset } from './keys.js';
import { isLive } from './lifecycle.js';
import { claimGoods, releaseGoods } from './lineage.js';
import type { AssetLien, Lien } from './schema.js';
import { status } from './statusCodes.js';

/** What a new lien says; the rest of its record follows. */
export type NewLien = Pick<
  Lien,
  'id' | 'asset' | 'class' | 'grantor' | 'holder' | 'securedMax' | 'debtRef' | 'exclusive'
> &
  Partial<
    Pick<
      Lien,
      | 'publicity'
      | 'origin'
      | 'parent'
      | 'basis'
      | 'createdAt'
      | 'covers'
      | 'securesPrice'
      | 'external'
      | 'retention'
    >
  >;

/** Why a lien may not join those of an asset: an exclusive one is the only pledge (F4). */
export function joinProblem(
  context: ReadContext,
  asset: string,
  lien: { readonly exclusive: boolean },
): Status {
  const standing = context.get(onAsset, asset)?.liens ?? [];
  if (lien.exclusive && standing.length > 0) return status('asset_already_encumbered');
  return standing.length < limits.liensPerAssetMax ? OK : status('bound_exceeded');
}

/**
 * Writes a new lien, PROPOSED or at once EFFECTIVE, and lists it on its asset. One that joins
 * others without their holders' word `contests` them, which is said.
 */
export function createLien(
  context: WriteContext,
  terms: NewLien,
  { contests }: { readonly contests: boolean } = { contests: false },
): Lien {
  const others = (context.get(onAsset, terms.asset.id)?.liens ?? []).map((one) => one.lien);
  const lien = settle({
    ...terms,
    basis:
      terms.class === 'PLEDGE_RECEIPT' ? (terms.basis ?? receiptPledgeBasis(context)) : undefined,
    state: 'PROPOSED',
    publicity: terms.publicity ?? {},
    origin: terms.origin ?? terms.id,
    children: [],
    createdAt: terms.createdAt ?? context.timeMs,
    version: 1,
  });
  saveLien(context, lien);
  holdGoods(context, lien);
  context.emit('lien.created', lien.id, facts(lien));
  if (lien.state === 'EFFECTIVE') emitEffective(context, lien);
  if (contests && others.length > 0) {
    context.emit('lien.contested', lien.id, { ...facts(lien), others });
  }
  return lien;
}

/** Writes a changed lien; an ended one leaves its asset's list, and an empty list goes. */
export function saveLien(context: WriteContext, lien: Lien): void {
  context.put(liens, [lien.id], lien);
  const asset = lien.asset.id;
  const others = (context.get(onAsset, asset)?.liens ?? []).filter((one) => one.lien !== lien.id);
  const all = isLive(lien.state) ? [...others, entry(lien)] : others;
  if (all.length === 0) context.remove(onAsset, asset);
  else context.put(onAsset, [asset], { asset, liens: all });
}

/** Records what became public and, with it, that the lien is effective. */
export function publish(context: WriteContext, lien: Lien, publicity: Lien['publicity']): void {
  const changed = settle({ ...lien, publicity, version: lien.version + 1 });
  saveLien(context, changed);
  context.emit('lien.publicity_recorded', lien.id, facts(changed));
  if (lien.state === 'PROPOSED' && changed.state === 'EFFECTIVE') emitEffective(context, changed);
}

/** Writes a lien whose terms or state changed, under its next version. */
export function changeLien(context: WriteContext, lien: Lien, event: string): void {
  const changed = { ...lien, version: lien.version + 1 };
  saveLien(context, changed);
  context.emit(event, lien.id, { ...facts(changed), securedMax: { ...lien.securedMax } });
}

const ENDED = {
  RELEASED: 'lien.released',
  ENFORCED: 'lien.enforced',
  MOVED: 'lien.moved',
} as const;

/** Ends a lien: released, enforced, or moved onto the parts of its asset. */
export function endLien(
  context: WriteContext,
  lien: Lien,
  how: {
    readonly state: keyof typeof ENDED;
    readonly children?: readonly string[];
    readonly evidence?: Lien['enforcement'];
  },
): void {
  const children = [...(how.children ?? [])];
  const { state, evidence: enforcement } = how;
  const ending = { state, children, enforcement, endedAt: context.timeMs };
  const ended = { ...lien, ...ending, version: lien.version + 1 };
  saveLien(context, ended);
  releaseGoods(context, lien.id);
  context.emit(ENDED[state], lien.id, { ...facts(ended), children });
}

/** Every exclusive lien holds the goods at its stage; the guards have seen that it can (L2). */
function holdGoods(context: WriteContext, lien: Lien): void {
  if (!lien.exclusive) return;
  const { id, asset, holder } = lien;
  const held = claimGoods(context, { stage: asset.id, quantity: asset.quantity, by: id, holder });
  assert(isOk(held), `lien: ${id} holds no goods: ${held.code}`);
}

/** The stricter reading unless governance has set one of the others (counsel). */
function receiptPledgeBasis(context: ReadContext): 'endorsement' | 'registration' | 'both' {
  const basis = context.parameter<string>('receiptPledgeBasis');
  return basis === 'endorsement' || basis === 'registration' ? basis : 'both';
}

/** A registration made anew after it lapsed makes a lien effective from then only. */
function settle(lien: Lien): Lien {
  const effectiveAt = effectiveTime(lien);
  if (effectiveAt === undefined) return lien;
  return { ...lien, state: lien.state === 'PROPOSED' ? 'EFFECTIVE' : lien.state, effectiveAt };
}

function entry(lien: Lien): AssetLien {
  const { registeredAt, registryValidTo, controlAt, noticeAt } = lien.publicity;
  return {
    lien: lien.id,
    class: lien.class,
    exclusive: lien.exclusive,
    state: lien.state,
    createdAt: lien.createdAt,
    effectiveAt: lien.effectiveAt,
    registeredAt,
    registryValidTo,
    controlAt,
    noticeAt,
  };
}

function emitEffective(context: WriteContext, lien: Lien): void {
  context.emit('lien.effective', lien.id, { ...facts(lien), effectiveAt: lien.effectiveAt });
}

function facts(lien: Lien): CborMap {
  return {
    version: lien.version,
    state: lien.state,
    asset: lien.asset.id,
    class: lien.class,
    exclusive: lien.exclusive,
    holder: lien.holder,
    grantor: lien.grantor,
    debtRef: lien.debtRef,
    registeredAt: lien.publicity.registeredAt,
    controlAt: lien.publicity.controlAt,
    noticeAt: lien.publicity.noticeAt,
  };
}

import { command } from '@triflow/sdk';
import { dayOfTime } from '../calendar.js';
import { capture } from '../field/capture.js';
import { countText, moneyText } from '../figures.js';
import { commissionedEvent } from './goodsEvents.js';
import type { UnitName } from './names.js';
import {
  BULK_KILOGRAMS,
  EXPIRY_DAYS,
  GOODS,
  OTHER_PACKS,
  PACK_MINOR,
  PAYMENT_DAYS,
  SKU,
} from './terms.js';
import {
  certificateOf,
  nameOf,
  subjectOf,
  tellRefusal,
  unitOf,
  type VaccinePlay,
} from './vaccinePlay.js';

const MAKER = 'mah';
const PACK = 1;
const CASE = 2;
const PALLET = 3;

/** The maker fills two lots from one bulk and puts a serial on everything that leaves the line. */
export async function makeLots(play: VaccinePlay): Promise<void> {
  const { names } = play;
  await fillLots(play);
  const packs = names.packs.flat();
  await commissionAll(play, names.lot, [
    [PACK, packs],
    [CASE, names.cases],
    [PALLET, [names.pallet]],
  ]);
  await commissionAll(play, names.otherLot, [[PACK, names.otherPacks]]);
  await packAll(play);
  const made = `${countText(BigInt(packs.length))} packs of ${names.lot}, a serial on each`;
  play.stage.tell('goods', `${nameOf(play, MAKER)} made ${made}: ${GOODS}`);
}

/** V 26: nothing leaves its maker before the authority has released the lot. */
export async function releaseLots(play: VaccinePlay): Promise<void> {
  const { stage, names } = play;
  const { pallet } = names;
  const to = stage.cast.actor('cdc-1').id;
  const early = command('trace', 'ship', { ...(await subjectOf(play, MAKER, pallet.id)), to });
  const refusal = await stage.refused(MAKER, early, 'lot_not_released');
  tellRefusal(play, `${pallet.id} may not leave before its lot is released`, refusal);
  const releases = await Promise.all(
    [names.lot, names.otherLot].map(async (id) => {
      const { data } = await stage.read(MAKER, (client) => client.traces.getTracedLot(id));
      const certificate = certificateOf(play, id);
      const expectedVersion = data?.version ?? 0;
      return command('trace', 'release_lot', { id, expectedVersion, certificate });
    }),
  );
  await stage.act('lot-release', releases);
  const told = `${nameOf(play, 'lot-release')} released ${names.lot} and ${names.otherLot}`;
  stage.tell('data', `${told} with certificates (批签发)`);
  const clinic = stage.cast.actor('clinic').id;
  const direct = command('trace', 'ship', {
    ...(await subjectOf(play, MAKER, pallet.id)),
    to: clinic,
  });
  const around = await stage.refused(MAKER, direct, 'clinic_supply_only_through_cdc');
  tellRefusal(play, `${nameOf(play, MAKER)} may not supply a clinic past the CDC`, around);
}

/** Who pays, who receives and the maker agree: what is accepted is owed, nothing else. */
export async function agreeSupply(play: VaccinePlay): Promise<void> {
  const { stage, names } = play;
  const packs = names.packs.flat().length;
  const terms = command('trace', 'agree_supply', {
    lot: names.lot,
    buyer: stage.cast.actor('cdc-1').id,
    seller: stage.cast.actor(MAKER).id,
    packs,
    unitMinor: PACK_MINOR,
    currency: 'CNY',
    days: PAYMENT_DAYS,
  });
  await stage.agree(['fiscal', 'cdc-1', MAKER], terms);
  const price = moneyText(PACK_MINOR, 'CNY');
  const told = `${nameOf(play, 'fiscal')} will pay ${price} a pack that ${nameOf(play, 'cdc-1')}`;
  stage.tell('money', `${told} accepts, ${countText(BigInt(packs))} packs at most`);
}

async function fillLots(play: VaccinePlay): Promise<void> {
  const { stage, names } = play;
  const bulk = { value: BULK_KILOGRAMS, unit: 'KGM', scale: 0 };
  const packs = (count: number) => ({ value: BigInt(count), unit: 'H87', scale: 0 });
  const expiryDay = dayOfTime(stage.nowMs()) + EXPIRY_DAYS;
  const vaccine = { kind: 'vaccine', sku: SKU, name: GOODS, made: packs(0), expiryDay } as const;
  const goods = { kind: 'goods', sku: `${SKU}-BULK`, name: 'antigen, in bulk' } as const;
  await stage.act(MAKER, [
    command('trace', 'open_lot', { id: names.bulk, ...goods, made: bulk }),
    command('trace', 'open_lot', { id: names.lot, ...vaccine }),
    command('trace', 'open_lot', { id: names.otherLot, ...vaccine }),
    command('trace', 'transform', {
      inputs: [{ lot: names.bulk, quantity: bulk }],
      outputs: [
        { lot: names.lot, quantity: packs(names.packs.flat().length) },
        { lot: names.otherLot, quantity: packs(OTHER_PACKS) },
      ],
    }),
  ]);
  stage.tell(
    'goods',
    `${nameOf(play, MAKER)} filled ${names.lot} and ${names.otherLot} from ${names.bulk}`,
  );
}

/** One event of the packing line, captured by the maker's gateway, is behind all serials. */
async function commissionAll(
  play: VaccinePlay,
  lot: string,
  levels: readonly (readonly [level: number, units: readonly UnitName[]])[],
): Promise<void> {
  const { stage } = play;
  const codes = levels.flatMap(([, units]) => units.map(({ code }) => code));
  const happening = { codes, timeMs: stage.nowMs(), place: '00301' };
  const json = commissionedEvent(happening, stage.cast.actor(MAKER).id);
  const { key: event } = await capture(stage, MAKER, json);
  await stage.act(
    MAKER,
    levels.map(([level, units]) => {
      return command('trace', 'commission', { lot, level, units: [...units], event });
    }),
  );
}

async function packAll(play: VaccinePlay): Promise<void> {
  const { stage, names } = play;
  const [first, second] = names.cases;
  const intoCases = names.cases.map((parent, at) => packing(parent, names.packs[at] ?? []));
  const onPallet = packing(
    names.pallet,
    [first, second].flatMap((one) => one ?? []),
  );
  await stage.act(MAKER, [...intoCases, onPallet]);
  const { packs } = await unitOf(play, MAKER, names.pallet.id);
  stage.tell(
    'goods',
    `${names.pallet.id} carries two cases, ${packs} packs; a third travels alone`,
  );
}

/** A unit that nothing was packed into yet. */
function packing({ id: parent }: UnitName, units: readonly UnitName[]) {
  const children = units.map(({ id }) => id);
  return command('trace', 'pack', { parent, expectedVersion: 1, children });
}

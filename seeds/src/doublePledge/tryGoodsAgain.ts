import { command } from '@triflow/sdk';
import { receiptCommand, storeCommands } from '../fuelOil/deliverGoods.js';
import { nameOf, type Play, usd } from '../fuelOil/play.js';
import { pledgeCommand } from '../fuelOil/pledgeGoods.js';
import { loan, order } from '../fuelOil/terms.js';
import { digestOf } from '../papers.js';
import type { Attempt } from './playDoublePledge.js';

/** One cargo, many pledges (一货多押); one heap, many receipts: each stopped by its own rule. */
export async function tryGoodsAgain(play: Play): Promise<Attempt[]> {
  const { stage, names } = play;
  const { receipt, lot, rivalFacility } = names;
  const [keeper, owner, rival] = ['warehouse', 'refinery', 'bank-bohai'] as const;
  const pledge = await pledgeCommand(play, receipt, rivalFacility);
  const again = await stage.refused(owner, pledge, 'asset_already_encumbered');
  const bank = nameOf(play, rival);
  const told = `${receipt} is pledged already, ${bank} cannot have it`;
  stage.tell('alert', `${told}: ${again.code}`, again.height);
  const onLot = command('lien', 'create', {
    id: lot.replace('lt_', 'ln_'),
    asset: { kind: 'lot', id: lot },
    class: 'PLEDGE_GOODS',
    holder: stage.cast.actor(rival).id,
    securedMax: usd(loan.limitMinor),
    debtRef: rivalFacility,
    titlePassesOnDefault: false,
    junior: false,
  });
  const goods = await stage.refused(owner, onLot, 'grantor_not_owner');
  const behind = `nor the oil of ${lot} behind the receipt`;
  stage.tell('alert', `${behind}: ${goods.code}`, goods.height);
  const more = receiptCommand(play, {
    id: names.secondReceipt,
    lot,
    value: order.barrels,
    inspectionHash: digestOf('a second inspection'),
  });
  const twin = await stage.refused(keeper, more, 'lot_quantity_exceeded');
  stage.tell('alert', `no second receipt over ${lot}: ${twin.code}`, twin.height);
  const other = storeCommands(stage, {
    lot: names.secondLot,
    tank: `305-${names.code}`,
    value: order.barrels,
    lineage: [],
    weighing: digestOf('a second weighing'),
  });
  const slot = await stage.refused(keeper, other, 'slot_already_assigned');
  stage.tell('alert', `no second lot in tank 305: ${slot.code}`, slot.height);
  return [
    ['the same receipt pledged again', again],
    ['the goods behind it pledged', goods],
    ['a second receipt over the same goods', twin],
    ['a second lot in the same tank', slot],
  ];
}

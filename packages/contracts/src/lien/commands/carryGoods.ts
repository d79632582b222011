import { OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { carryGoods as run } from '../lineage.js';
import { goodsCallers, internalSchemas } from '../schema.js';

/** Goods move to their next stage, and the claims on them with them (L1). */
export const carryGoods = internalCommand({
  callers: goodsCallers,
  params: internalSchemas.carry_goods,
  verify: () => OK,
  execute: run,
});

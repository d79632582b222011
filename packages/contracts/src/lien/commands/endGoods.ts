import { OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { endGoods as run } from '../lineage.js';
import { goodsCallers, internalSchemas } from '../schema.js';

/** Goods cease to be at a stage; claims on more than stays end with them. */
export const endGoods = internalCommand({
  callers: goodsCallers,
  params: internalSchemas.end_goods,
  verify: () => OK,
  execute: run,
});

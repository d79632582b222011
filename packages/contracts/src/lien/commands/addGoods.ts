import { OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { addGoods as run } from '../lineage.js';
import { goodsCallers, internalSchemas } from '../schema.js';

/** Goods become known at a stage of their way (domain 3.6, lineage). */
export const addGoods = internalCommand({
  callers: goodsCallers,
  params: internalSchemas.add_goods,
  verify: () => OK,
  execute: run,
});

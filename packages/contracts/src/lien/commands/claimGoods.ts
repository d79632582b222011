import { OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { claimGoods as run } from '../lineage.js';
import { goodsCallers, internalSchemas } from '../schema.js';

/** A financing or lien holds goods, once (L2). */
export const claimGoods = internalCommand({
  callers: goodsCallers,
  params: internalSchemas.claim_goods,
  verify: () => OK,
  execute: run,
});

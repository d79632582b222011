import { OK } from '@triflow/protocol';
import { internalCommand } from '../../defineContract.js';
import { releaseGoods as run } from '../lineage.js';
import { goodsCallers, internalSchemas } from '../schema.js';

/** A financing or lien ends: whatever it held is free. */
export const releaseGoods = internalCommand({
  callers: goodsCallers,
  params: internalSchemas.release_goods,
  verify: () => OK,
  execute: (context, { by }) => run(context, by),
});

import { limits, OK, type ReadContext, type TimeMs } from '@triflow/protocol';
import { internalCommand } from '../defineContract.js';
import { covers } from './keys.js';
import { type Cover, internalSchemas } from './schema.js';

/** A release token is out: until it ends doors may open and weight may leave. */
export const openCover = internalCommand({
  callers: ['warehouse-receipt'],
  params: internalSchemas.open_cover,
  verify: () => OK,
  execute: (context, { asset, token, until }) => {
    const others = coversOf(context, asset).filter((cover) => cover.token !== token);
    const to = Math.max(until, context.timeMs);
    const added = [...others, { token, from: context.timeMs, to }];
    context.put(covers, [asset], { covers: added.slice(-limits.coversPerAssetMax) });
    return OK;
  },
});

/** The token is used or void: it covers nothing after the block's time. */
export const closeCover = internalCommand({
  callers: ['warehouse-receipt'],
  params: internalSchemas.close_cover,
  verify: () => OK,
  execute: (context, { asset, token }) => {
    const closed = coversOf(context, asset).map((cover) =>
      cover.token === token ? { ...cover, to: Math.min(cover.to, context.timeMs) } : cover,
    );
    context.put(covers, [asset], { covers: closed });
    return OK;
  },
});

/** The times at which tokens let something out of an asset; the latest few are kept. */
export function coversOf(context: Pick<ReadContext, 'get'>, asset: string): readonly Cover[] {
  return context.get(covers, asset)?.covers ?? [];
}

/** Whether a token covers a moment. */
export function isCovered(found: readonly Cover[], timeMs: TimeMs): boolean {
  return found.some((cover) => cover.from <= timeMs && timeMs <= cover.to);
}

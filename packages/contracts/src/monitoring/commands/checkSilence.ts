import { defined, OK, type ReadContext } from '@triflow/protocol';
import { command } from '../../defineContract.js';
import { devices, series } from '../keys.js';
import type { ReadingKind } from '../kinds.js';
import { commandSchemas, type Device } from '../schema.js';
import { openSession, raise, saveSession, watchOf } from '../session.js';
import { status } from '../statusCodes.js';

/**
 * Anyone: nothing happens by itself (R5), so a device that stays silent is reported by whoever
 * looks. The episode is the one that its next reading would open.
 */
export const checkSilence = command({
  who: 'anyone',
  params: commandSchemas.check_silence,
  verify: (context, { device: id }) => {
    const device = context.get(devices, id);
    if (device === undefined) return status('object_not_found');
    if (device.boundTo === undefined) return status('device_not_bound');
    return silentKinds(context, device).length > 0 ? OK : status('deadline_not_reached');
  },
  execute: (context, { device: id }) => {
    const device = defined(context.get(devices, id), 'check_silence: found by its guards');
    const session = openSession(context, device, defined(device.boundTo, 'check_silence: bound'));
    for (const { kind, heardAt } of silentKinds(context, device)) {
      for (const rule of session.rules) {
        if (rule.condition.kind !== 'OFFLINE') continue;
        const watch = watchOf(session, rule, context.timeMs, kind);
        raise(session, rule, watch, { since: heardAt, part: kind });
      }
    }
    return saveSession(session) ?? OK;
  },
});

function silentKinds(
  context: ReadContext,
  device: Device,
): readonly { readonly kind: ReadingKind; readonly heardAt: number }[] {
  return device.kinds.flatMap(({ kind, maxGapMs }) => {
    const stored = context.get(series, device.id, String(device.binding), kind);
    const heardAt = stored?.heardAt ?? device.boundAt;
    const silent = maxGapMs !== undefined && context.timeMs - heardAt > maxGapMs;
    return silent ? [{ kind, heardAt }] : [];
  });
}

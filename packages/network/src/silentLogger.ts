import type { ComponentLogger, Logger } from '@libp2p/interface';

/** libp2p's own log is not ours: peers' doings are told as catalogued events instead. */
export const silentLogger: ComponentLogger = { forComponent: createSilentLog };

function createSilentLog(): Logger {
  const log = () => {};
  return Object.assign(log, { error: log, trace: log, enabled: false, newScope: createSilentLog });
}

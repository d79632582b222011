import type { Logger } from '@triflow/protocol';
import { pino } from 'pino';

/** The least level that is written, changed while the node runs. */
export interface LogLevelControl {
  level(): string;
  setLevel(level: string): void;
}

/** JSON lines on stderr, one catalogued event each. Secrets are never given to it (R-D7). */
export function createLogger(
  level: string,
  bound: Record<string, unknown>,
): Logger & LogLevelControl {
  const base = pino({ level, base: bound }, pino.destination({ dest: 2, sync: false }));
  return {
    debug: (event, facts) => base.debug(facts ?? {}, event),
    info: (event, facts) => base.info(facts ?? {}, event),
    warn: (event, facts) => base.warn(facts ?? {}, event),
    error: (event, facts) => base.error(facts ?? {}, event),
    level: () => base.level,
    setLevel: (wanted) => {
      base.level = wanted;
    },
  };
}

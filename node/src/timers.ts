import type { TimerPort } from './ports.js';

/** The machine's timers. */
export function createTimers(): TimerPort {
  return {
    set(delayMs, fire) {
      const handle = setTimeout(fire, Math.max(0, Math.ceil(delayMs)));
      return () => clearTimeout(handle);
    },
  };
}

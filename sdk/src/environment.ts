import { NONCE_BYTES } from '@triflow/protocol';

/** What the SDK needs from the machine; tests hand in a clock of their own. */
export interface Environment {
  /** Wall clock, milliseconds since 1970 UTC. */
  readonly nowMs: () => number;
  /** Calls back once after a time, unless stopped. */
  readonly startTimer: (delayMs: number, callback: () => void) => () => void;
  /** 16 bytes that nobody can guess. */
  readonly nonce: () => Uint8Array;
  /** 0 up to 1, to spread retries. */
  readonly jitter: () => number;
}

/** The clock, timers and randomness of a browser or of Node. */
export const systemEnvironment: Environment = {
  nowMs: () => Date.now(),
  startTimer: (delayMs, callback) => {
    const timer = setTimeout(callback, delayMs);
    return () => clearTimeout(timer);
  },
  nonce: () => globalThis.crypto.getRandomValues(new Uint8Array(NONCE_BYTES)),
  jitter: () => Math.random(),
};

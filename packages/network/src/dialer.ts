import type { NetworkLimits } from './networkLimits.js';
import { redialDelayMs } from './redialDelay.js';

export interface DialerOptions {
  readonly limits: Pick<NetworkLimits, 'redialMinMs' | 'redialMaxMs' | 'politeMs' | 'stableMs'>;
  /** Whether a connection to this peer is wanted and absent. */
  wants(peerId: string): boolean;
  /** Whether our own id is the smaller one of the pair. */
  goesFirst(peerId: string): boolean;
  /** Resolves when connected; whatever it rejects with only counts as a failure. */
  dial(peerId: string): Promise<void>;
  nowMs(): number;
  random(): number;
}

interface DialState {
  failures: number;
  connectedAtMs: number | undefined;
  dialling: boolean;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Dials again and again, with a growing pause. The side with the smaller id goes first, so that a
 * pair usually gets one connection; the other side dials too, because only one may be reachable.
 */
export class Dialer {
  readonly #options: DialerOptions;
  readonly #states = new Map<string, DialState>();
  #stopped = false;

  constructor(options: DialerOptions) {
    this.#options = options;
  }

  /** Dials if nothing is under way for this peer; the first attempt is made at once. */
  ensure(peerId: string): void {
    if (this.#stopped || !this.#options.wants(peerId)) return;
    const state = this.#state(peerId);
    if (state.timer !== undefined || state.dialling) return;
    const pause = state.failures === 0 ? 0 : this.#pause(state);
    this.#schedule(peerId, state, pause + this.#politeness(peerId));
  }

  connected(peerId: string): void {
    const state = this.#state(peerId);
    state.connectedAtMs = this.#options.nowMs();
    clearTimeout(state.timer);
    state.timer = undefined;
  }

  /** A connection that did not last counts as a failure: the peer may be refusing us. */
  disconnected(peerId: string): void {
    const state = this.#state(peerId);
    const { nowMs, limits } = this.#options;
    const livedMs = state.connectedAtMs === undefined ? 0 : nowMs() - state.connectedAtMs;
    state.connectedAtMs = undefined;
    state.failures = livedMs >= limits.stableMs ? 1 : state.failures + 1;
    this.ensure(peerId);
  }

  /** The peer is no longer allowed. */
  forget(peerId: string): void {
    clearTimeout(this.#states.get(peerId)?.timer);
    this.#states.delete(peerId);
  }

  stop(): void {
    this.#stopped = true;
    for (const peerId of [...this.#states.keys()]) this.forget(peerId);
  }

  #state(peerId: string): DialState {
    const known = this.#states.get(peerId);
    if (known !== undefined) return known;
    const state = { failures: 0, connectedAtMs: undefined, dialling: false, timer: undefined };
    this.#states.set(peerId, state);
    return state;
  }

  #schedule(peerId: string, state: DialState, delayMs: number): void {
    if (this.#stopped) return;
    state.timer = setTimeout(() => {
      state.timer = undefined;
      if (this.#options.wants(peerId)) void this.#attempt(peerId, state);
    }, delayMs);
  }

  async #attempt(peerId: string, state: DialState): Promise<void> {
    state.dialling = true;
    try {
      await this.#options.dial(peerId);
    } catch {
      state.failures += 1;
    }
    state.dialling = false;
    if (this.#states.get(peerId) === state) this.ensure(peerId);
  }

  #pause(state: DialState): number {
    const { redialMinMs, redialMaxMs } = this.#options.limits;
    const { random } = this.#options;
    return redialDelayMs(state.failures - 1, redialMinMs, redialMaxMs, random());
  }

  #politeness(peerId: string): number {
    return this.#options.goesFirst(peerId) ? 0 : this.#options.limits.politeMs;
  }
}

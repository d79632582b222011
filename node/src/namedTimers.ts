import type { TimerPort } from './ports.js';

/** Timers by name: setting one again replaces it. */
export class NamedTimers {
  readonly #port: TimerPort;
  readonly #running = new Map<string, () => void>();

  constructor(port: TimerPort) {
    this.#port = port;
  }

  set(name: string, delayMs: number, fire: () => void): void {
    this.#running.get(name)?.();
    const cancel = this.#port.set(delayMs, () => {
      this.#running.delete(name);
      fire();
    });
    this.#running.set(name, cancel);
  }

  cancelAll(): void {
    for (const cancel of this.#running.values()) cancel();
    this.#running.clear();
  }
}

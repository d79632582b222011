import type { NodeEnvironment } from '@triflow/node';

type TimerPort = NodeEnvironment['timers'];

/** Holds back what would happen to a node while it stands still; then it happens in order. */
export class Standstill {
  #held: (() => void)[] | undefined;

  begin(): void {
    this.#held ??= [];
  }

  end(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const happen of held) happen();
  }

  /** Runs at once, or when the standstill is over. */
  pass(happen: () => void): void {
    if (this.#held === undefined) happen();
    else this.#held.push(happen);
  }

  /** Timers that do not fire during a standstill. */
  timers(): TimerPort {
    return {
      set: (delayMs, fire) => {
        let cancelled = false;
        const run = (): void => {
          if (!cancelled) fire();
        };
        const handle = setTimeout(() => this.pass(run), Math.max(0, Math.ceil(delayMs)));
        return () => {
          cancelled = true;
          clearTimeout(handle);
        };
      },
    };
  }
}

/** Why a wait ended: the time was up, or somebody gave up. */
export type DeadlineEnd = 'timeout' | 'aborted';

/** A signal that fires at a time or with any of its parents, and leaves nothing behind. */
export interface Deadline {
  readonly signal: AbortSignal;
  end(): DeadlineEnd | undefined;
  clear(): void;
}

/** Starts the clock. Call `clear` when done: it takes the timer and the listeners away. */
export function startDeadline(
  timeoutMs: number,
  parents: readonly (AbortSignal | undefined)[] = [],
): Deadline {
  const controller = new AbortController();
  let end: DeadlineEnd | undefined;
  const finish = (how: DeadlineEnd) => {
    end ??= how;
    controller.abort();
  };
  const onAbort = () => finish('aborted');
  const timer = setTimeout(() => finish('timeout'), timeoutMs);
  for (const parent of parents) {
    if (parent?.aborted === true) onAbort();
    parent?.addEventListener('abort', onAbort, { once: true });
  }
  return {
    signal: controller.signal,
    end: () => end,
    clear: () => {
      clearTimeout(timer);
      for (const parent of parents) parent?.removeEventListener('abort', onAbort);
    },
  };
}

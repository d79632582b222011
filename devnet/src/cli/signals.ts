/**
 * Turns the first SIGINT, SIGTERM or SIGHUP into an abort, so that nodes are stopped in order; a
 * second one ends this process at once, and the nodes with it.
 */
export function catchSignals(): { readonly signal: AbortSignal; release(): void } {
  const abort = new AbortController();
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const release = (): void => {
    for (const name of signals) process.removeListener(name, onSignal);
  };
  const onSignal = (): void => {
    release();
    abort.abort();
  };
  for (const name of signals) process.on(name, onSignal);
  return { signal: abort.signal, release };
}

/** Settles when a signal is or becomes aborted. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

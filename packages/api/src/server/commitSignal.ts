import type { NodeBackend } from './backend.js';

/** One listener to the node's commits, shared by everybody who waits for the next block. */
export interface CommitSignal {
  /** Resolves once a block above a height is durable, the signal aborts, or time is up. */
  above(height: number, options: { signal: AbortSignal; timeoutMs: number }): Promise<void>;
  close(): void;
}

/** Listens to a node's commits. */
export function createCommitSignal(backend: Pick<NodeBackend, 'info' | 'onCommit'>): CommitSignal {
  const waiting = new Set<() => void>();
  const stopListening = backend.onCommit(() => {
    for (const wake of [...waiting]) wake();
  });
  return {
    above(height, { signal, timeoutMs }) {
      if (signal.aborted || backend.info().height > height) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = () => {
          clearTimeout(timer);
          waiting.delete(wake);
          signal.removeEventListener('abort', wake);
          resolve();
        };
        const timer = setTimeout(wake, timeoutMs);
        waiting.add(wake);
        signal.addEventListener('abort', wake, { once: true });
      });
    },
    close() {
      stopListening();
      for (const wake of [...waiting]) wake();
    },
  };
}

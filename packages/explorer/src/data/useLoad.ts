import { useEffect, useRef, useState } from 'preact/hooks';
import { type LedgerFact, onFact } from './liveEvents.js';
import { PageProblem, reachable, token } from './nodeApi.js';

/** What a part of the page has: nothing yet, something, or a reason why not. */
export interface Loaded<T> {
  readonly value: T | undefined;
  readonly problem: PageProblem | undefined;
  readonly again: () => void;
}

interface LoadOptions {
  /** Which facts make a new reading worth while. */
  readonly changedBy?: (fact: LedgerFact) => boolean;
  /** Read again after so long, such as node health. */
  readonly everyMs?: number;
}

const CALM_MS = 400;
const REMEMBERED_MAX = 200;
const remembered = new Map<string, unknown>();

/**
 * Loads what stands under a key and loads it anew when a fact touches it. What was there before
 * stays on screen meanwhile; going back shows it at once.
 */
export function useLoad<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  options: LoadOptions = {},
): Loaded<T> {
  const full = `${key}|${token.value ?? ''}`;
  const [count, setCount] = useState(0);
  const [state, setState] = useState<{ key: string; value?: T; problem?: PageProblem }>({
    key: '',
  });
  const latest = useRef({ load, options });
  latest.current = { load, options };
  const again = (): void => setCount((before) => before + 1);
  const isReachable = reachable.value;

  useEffect(() => {
    const stop = new AbortController();
    latest.current.load(stop.signal).then(
      (value) => {
        if (stop.signal.aborted) return;
        remember(full, value);
        setState({ key: full, value });
      },
      (error: unknown) => {
        if (stop.signal.aborted) return;
        setState((before) => ({
          key: full,
          problem: problemOf(error),
          ...(before.key === full && before.value !== undefined ? { value: before.value } : {}),
        }));
      },
    );
    return () => stop.abort();
  }, [full, count, isReachable]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = onFact((fact) => {
      if (latest.current.options.changedBy?.(fact) !== true || timer !== undefined) return;
      timer = setTimeout(() => {
        timer = undefined;
        again();
      }, CALM_MS);
    });
    const { everyMs } = latest.current.options;
    const ticking = everyMs === undefined ? undefined : setInterval(again, everyMs);
    return () => {
      stop();
      clearTimeout(timer);
      clearInterval(ticking);
    };
  }, [full]);

  if (state.key === full) return { value: state.value, problem: state.problem, again };
  return { value: remembered.get(full) as T | undefined, problem: undefined, again };
}

function remember(key: string, value: unknown): void {
  remembered.delete(key);
  remembered.set(key, value);
  if (remembered.size <= REMEMBERED_MAX) return;
  const oldest = remembered.keys().next();
  if (oldest.done !== true) remembered.delete(oldest.value);
}

function problemOf(error: unknown): PageProblem {
  if (error instanceof PageProblem) return error;
  return new PageProblem(0, 'INTERNAL', error instanceof Error ? error.message : String(error));
}

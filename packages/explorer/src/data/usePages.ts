import { useEffect, useRef, useState } from 'preact/hooks';
import { type LedgerFact, onFact } from './liveEvents.js';
import { PageProblem, reachable, token } from './nodeApi.js';
import { type Row, readList } from './readLists.js';

/** A list that grows as the reader goes down, all of it at one height. */
export interface Pages {
  readonly rows: readonly Row[];
  readonly atHeight: number | undefined;
  /** Records that this reader may not see. */
  readonly redacted: number;
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly problem: PageProblem | undefined;
  /** Facts since then touch this list, and it is too long to be read anew by itself. */
  readonly isOutdated: boolean;
  readonly loadMore: () => void;
  readonly reload: () => void;
}

interface State {
  readonly key: string;
  readonly rows: readonly Row[];
  readonly next: string | null;
  readonly atHeight: number | undefined;
  readonly redacted: number;
  readonly problem: PageProblem | undefined;
  readonly isOutdated: boolean;
}

const PAGE = 100;
const CALM_MS = 500;

/** Pages of a kind of object by cursor: each shows the height of the first. */
export function usePages(
  segment: string,
  filters: Readonly<Record<string, string>>,
  touches: (fact: LedgerFact) => boolean,
): Pages {
  const key = `${segment}|${JSON.stringify(filters)}|${token.value ?? ''}|${reachable.value}`;
  const [count, setCount] = useState(0);
  const [state, setState] = useState<State>(emptyState(''));
  const loading = useRef(false);
  const latest = useRef(state);
  latest.current = state;

  useEffect(() => {
    const stop = new AbortController();
    loading.current = true;
    readList(segment, { ...filters, limit: String(PAGE) }, stop.signal).then(
      ({ data, page, redacted = 0 }) => {
        loading.current = false;
        if (stop.signal.aborted) return;
        const { next, atHeight } = page;
        setState({ ...emptyState(key), rows: data, next, atHeight, redacted });
      },
      (error: unknown) => {
        loading.current = false;
        if (!stop.signal.aborted) {
          setState((before) => ({
            ...(sameList(before.key, key) ? before : emptyState(key)),
            problem: problemOf(error),
          }));
        }
      },
    );
    return () => stop.abort();
  }, [key, count]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = onFact((fact) => {
      if (!touches(fact) || timer !== undefined) return;
      timer = setTimeout(() => {
        timer = undefined;
        if (latest.current.rows.length <= PAGE) setCount((before) => before + 1);
        else setState((before) => ({ ...before, isOutdated: true }));
      }, CALM_MS);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [key]);

  const loadMore = (): void => {
    const { next } = latest.current;
    if (next === null || loading.current) return;
    loading.current = true;
    readList(segment, { ...filters, limit: String(PAGE), cursor: next }).then(
      ({ data, page }) => {
        loading.current = false;
        setState((before) => {
          if (before.next !== next) return before;
          return { ...before, rows: [...before.rows, ...data], next: page.next };
        });
      },
      (error: unknown) => {
        loading.current = false;
        setState((before) => ({ ...before, next: null, problem: problemOf(error) }));
      },
    );
  };
  const known = sameList(state.key, key);
  const { rows, atHeight, next, problem, redacted, isOutdated } = known ? state : emptyState(key);
  return {
    rows,
    atHeight,
    redacted,
    hasMore: next !== null,
    isLoading: atHeight === undefined && problem === undefined,
    problem,
    isOutdated,
    loadMore,
    reload: () => setCount((before) => before + 1),
  };
}

function emptyState(key: string): State {
  return {
    key,
    rows: [],
    next: null,
    atHeight: undefined,
    redacted: 0,
    problem: undefined,
    isOutdated: false,
  };
}

/** Whether keys differ at most in whether the node was reachable: what was read then stays. */
function sameList(one: string, other: string): boolean {
  return one.slice(0, one.lastIndexOf('|')) === other.slice(0, other.lastIndexOf('|'));
}

function problemOf(error: unknown): PageProblem {
  if (error instanceof PageProblem) return error;
  return new PageProblem(0, 'INTERNAL', error instanceof Error ? error.message : String(error));
}

import { signal } from '@preact/signals';

/** Where the reader is. Paths are stable: each page can be sent to somebody else. */
export const place = signal<Place>(readPlace());

export interface Place {
  readonly path: readonly string[];
  readonly query: URLSearchParams;
  /** Counts visits, so that the same path opened again is a visit too. */
  readonly visit: number;
}

/** Follows links of this page without loading it anew; Back and Forward work as everywhere. */
export function startRouter(): void {
  addEventListener('popstate', () => {
    place.value = readPlace();
  });
  document.addEventListener('click', (event) => {
    const plain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey;
    if (!plain || event.defaultPrevented || !(event.target instanceof Element)) return;
    const link = event.target.closest('a');
    if (link === null || link.origin !== location.origin || link.hasAttribute('download')) return;
    if (link.target !== '' || /^\/(v1|docs)(\/|$)/.test(link.pathname)) return;
    event.preventDefault();
    open(link.pathname + link.search);
  });
}

/** Goes to a path of this page. */
export function open(path: string): void {
  history.pushState(null, '', path);
  place.value = readPlace();
  scrollTo(0, 0);
}

/** Changes the query of this page in place, such as a filter. */
export function replaceQuery(query: URLSearchParams): void {
  const text = query.toString();
  history.replaceState(null, '', location.pathname + (text === '' ? '' : `?${text}`));
  place.value = readPlace();
}

/** The path of an object's page. */
export function pathTo(...parts: readonly string[]): string {
  return `/${parts.map((part) => encodeURIComponent(part).replaceAll('%3A', ':')).join('/')}`;
}

let visits = 0;

function readPlace(): Place {
  visits += 1;
  const path = location.pathname.split('/').filter((part) => part !== '');
  return {
    path: path.map(decodePart),
    query: new URLSearchParams(location.search),
    visit: visits,
  };
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { open } from '../data/router.js';
import { t } from '../messages/translate.js';

export interface Column<R> {
  readonly key: string;
  readonly title: string;
  /** Share of the width. */
  readonly width: string;
  /** Left out on a phone, where the first column and the others stand below one another. */
  readonly wideOnly?: boolean;
  readonly numeric?: boolean;
  readonly cell: (row: R) => ComponentChildren;
}

interface VirtualTableProps<R> {
  readonly label: string;
  readonly rows: readonly R[];
  readonly columns: readonly Column<R>[];
  readonly rowKey: (row: R) => string;
  readonly href: (row: R) => string;
  readonly hasMore: boolean;
  readonly loadMore: () => void;
}

const ROW_PX = 56;
const PHONE_ROW_PX = 104;
const PHONE = '(max-width: 719px)';
const SPARE_ROWS = 12;
/** So few rows are all drawn: print, search in the page and screen readers then have them all. */
const ALL_ROWS = 120;

/** A table of any length: only the rows near the window are in the document. */
export function VirtualTable<R>(props: VirtualTableProps<R>): ComponentChildren {
  const { label, rows, columns, rowKey, href, hasMore, loadMore } = props;
  const box = useRef<HTMLDivElement>(null);
  const phone = useMedia(PHONE);
  const rowPx = phone ? PHONE_ROW_PX : ROW_PX;
  const near = useWindow(box, rows.length, rowPx);
  const [first, last] = rows.length <= ALL_ROWS ? [0, rows.length] : near;

  useEffect(() => {
    if (hasMore && near[1] >= rows.length - SPARE_ROWS) loadMore();
  }, [hasMore, near[1], rows.length]);

  const grid = { gridTemplateColumns: columns.map(({ width }) => width).join(' ') };
  const shown = rows.slice(first, last);
  return (
    <div
      class="list"
      role="table"
      aria-label={label}
      aria-rowcount={hasMore ? -1 : rows.length + 1}
    >
      <div role="rowgroup" class="list-head">
        <div role="row" class="list-row head" style={phone ? {} : grid} aria-rowindex={1}>
          {columns.map((column) => (
            <span key={column.key} role="columnheader" class={column.numeric ? 'numeric' : ''}>
              {column.title}
            </span>
          ))}
        </div>
      </div>
      <div
        ref={box}
        role="rowgroup"
        style={{ height: `${rows.length * rowPx}px` }}
        class="list-body"
      >
        <div class="list-window" style={{ transform: `translateY(${first * rowPx}px)` }}>
          {shown.map((row, index) => (
            <div
              key={rowKey(row)}
              role="row"
              class="list-row"
              aria-rowindex={first + index + 2}
              style={phone ? { height: `${rowPx}px` } : { ...grid, height: `${rowPx}px` }}
              onClick={(event) => openRow(event, href(row))}
            >
              {columns.map((column, position) => (
                <span
                  key={column.key}
                  role="cell"
                  class={[
                    column.numeric ? 'numeric' : '',
                    column.wideOnly ? 'wide-only' : '',
                    position === 0 ? 'first' : '',
                  ].join(' ')}
                >
                  {position === 0 ? (
                    <a href={href(row)} class="row-link">
                      {column.cell(row)}
                    </a>
                  ) : (
                    column.cell(row)
                  )}
                </span>
              ))}
            </div>
          ))}
        </div>
      </div>
      {hasMore && <p class="muted list-more">{t('list.moreRows')}</p>}
    </div>
  );
}

/** The whole row leads where its first link does, unless another link was meant. */
function openRow(event: MouseEvent, href: string): void {
  const { target } = event;
  if (!(target instanceof Element) || target.closest('a, button') !== null) return;
  if (getSelection()?.toString() !== '' || event.metaKey || event.ctrlKey) return;
  open(href);
}

function useWindow(
  box: { readonly current: HTMLDivElement | null },
  count: number,
  rowPx: number,
): readonly [first: number, last: number] {
  const [range, setRange] = useState<readonly [number, number]>([0, 60]);
  useEffect(() => {
    const measure = (): void => {
      const top = box.current?.getBoundingClientRect().top ?? 0;
      const first = Math.max(0, Math.floor(-top / rowPx) - SPARE_ROWS);
      const last = Math.ceil((-top + innerHeight) / rowPx) + SPARE_ROWS;
      setRange((before) => (before[0] === first && before[1] === last ? before : [first, last]));
    };
    measure();
    addEventListener('scroll', measure, { passive: true });
    addEventListener('resize', measure);
    return () => {
      removeEventListener('scroll', measure);
      removeEventListener('resize', measure);
    };
  }, [rowPx, count]);
  const [first, last] = range;
  return [Math.min(first, Math.max(0, count - 1)), Math.min(last, count)];
}

/** Whether a media query holds, kept up to date. */
export function useMedia(query: string): boolean {
  const [matches, setMatches] = useState(() => matchMedia(query).matches);
  useEffect(() => {
    const list = matchMedia(query);
    const changed = (): void => setMatches(list.matches);
    list.addEventListener('change', changed);
    return () => list.removeEventListener('change', changed);
  }, [query]);
  return matches;
}

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { getJson } from '../data/nodeApi.js';
import { inLanguage } from '../data/partyNames.js';
import { open, pathTo } from '../data/router.js';
import { countText } from '../format/amounts.js';
import { isTxId, pageOf, shortId } from '../format/ids.js';
import { t, tMaybe } from '../messages/translate.js';
import { Icon } from './icons.js';

interface Hit {
  readonly path: string;
  readonly text: string;
  readonly kind: string;
}

interface SearchAnswer {
  readonly data: readonly {
    readonly objects: string;
    readonly id: string;
    readonly name?: string;
  }[];
}

const CALM_MS = 180;

/** Finds what people know: numbers of papers, names of companies, blocks, transactions. */
export function SearchBox(): ComponentChildren {
  const [text, setText] = useState('');
  const [hits, setHits] = useState<readonly Hit[] | undefined>(undefined);
  const [chosen, setChosen] = useState(0);
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => focusOnSlash(input), []);
  useEffect(() => {
    const words = text.trim();
    setHits(undefined);
    setChosen(0);
    if (words === '') return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      findHits(words, stop.signal).then(setHits, () => undefined);
    }, CALM_MS);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text]);

  const go = (path: string | undefined): void => {
    if (path === undefined) return;
    setText('');
    input.current?.blur();
    open(path);
  };
  const key = (event: KeyboardEvent): void => {
    const count = hits?.length ?? 0;
    if (event.key === 'Escape') setText('');
    if (event.key === 'ArrowDown') setChosen((chosen + 1) % Math.max(1, count));
    if (event.key === 'ArrowUp') setChosen((chosen + count - 1) % Math.max(1, count));
    if (event.key === 'Enter') go(hits?.[chosen]?.path ?? pageOf(text.trim()));
    if (['ArrowDown', 'ArrowUp', 'Enter'].includes(event.key)) event.preventDefault();
  };
  const isOpen = text.trim() !== '';
  return (
    <search class="search">
      <Icon name="search" />
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label={t('search.label')}
        aria-expanded={isOpen}
        aria-controls="hits"
        aria-autocomplete="list"
        aria-activedescendant={isOpen && hits !== undefined ? `hit-${chosen}` : ''}
        placeholder={t('search.hint')}
        value={text}
        autocomplete="off"
        spellcheck={false}
        onInput={(event) => setText(event.currentTarget.value)}
        onKeyDown={key}
      />
      <div id="hits" role="listbox" aria-label={t('search.label')} class="hits" hidden={!isOpen}>
        {hits?.map((hit, index) => (
          <div
            key={hit.path}
            id={`hit-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === chosen}
            onClick={() => go(hit.path)}
          >
            <span>{hit.text}</span>
            <span class="muted">{hit.kind}</span>
          </div>
        ))}
        {isOpen && hits?.length === 0 && (
          <div role="option" tabIndex={-1} aria-selected={false} aria-disabled="true">
            {t('search.none', { text: text.trim() })}
          </div>
        )}
        {isOpen && hits === undefined && (
          <div role="option" tabIndex={-1} aria-selected={false} aria-disabled="true" class="muted">
            {t('search.busy')}
          </div>
        )}
      </div>
    </search>
  );
}

async function findHits(text: string, signal: AbortSignal): Promise<readonly Hit[]> {
  const direct = directHits(text);
  const path = `/v1/search?${new URLSearchParams({ q: text })}`;
  const { data } = await getJson<SearchAnswer>(path, signal);
  const found = data.map(({ objects, id, name }): Hit => {
    const kind = tMaybe(`one.${objects}`) ?? objects;
    return { path: pathTo(objects, id), text: name === undefined ? id : inLanguage(name), kind };
  });
  return [...direct, ...found];
}

/** What a text can only be by its form: a block's height, a transaction or physical event. */
function directHits(text: string): readonly Hit[] {
  const hits: Hit[] = [];
  const digits = text.replaceAll(/[,\s]/g, '');
  // Numbers of papers begin with zeros, heights do not.
  if (/^[1-9]\d{0,11}$/.test(digits)) {
    const height = countText(Number(digits));
    hits.push({
      path: pathTo('blocks', digits),
      text: t('search.block', { height }),
      kind: t('one.blocks'),
    });
  }
  const hex = text.toLowerCase().replace(/^(tx_|sha256:|0x)/, '');
  if (/^[0-9a-f]{64}$/.test(hex)) {
    const txId = `tx_${hex}`;
    if (isTxId(txId)) {
      hits.push({
        path: pathTo('transactions', txId),
        text: shortId(txId),
        kind: t('one.transactions'),
      });
    }
    hits.push({ path: pathTo('events', hex), text: shortId(hex), kind: t('one.events') });
  }
  return hits;
}

/** The key “/” goes to the search from anywhere but a field. */
function focusOnSlash(input: { readonly current: HTMLInputElement | null }): () => void {
  const listen = (event: KeyboardEvent): void => {
    const inField =
      event.target instanceof Element && event.target.closest('input, select, textarea');
    if (event.key !== '/' || inField) return;
    event.preventDefault();
    input.current?.focus();
  };
  document.addEventListener('keydown', listen);
  return () => document.removeEventListener('keydown', listen);
}

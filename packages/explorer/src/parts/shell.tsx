import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { nodeInfo } from '../data/chainClient.js';
import { isServed } from '../data/contractTables.js';
import { head } from '../data/liveEvents.js';
import { reachable, reader } from '../data/nodeApi.js';
import { partyName } from '../data/partyNames.js';
import { place } from '../data/router.js';
import { language, theme } from '../data/settings.js';
import { countText } from '../format/amounts.js';
import type { MessageKey } from '../messages/en.js';
import { t } from '../messages/translate.js';
import { Icon } from './icons.js';
import { openLogin } from './login.js';
import { SearchBox } from './searchBox.js';
import { StaleBanner } from './states.js';

interface NavItem {
  readonly path: string;
  readonly name: MessageKey;
}

const mainPages: readonly NavItem[] = [
  { path: '/', name: 'nav.network' },
  { path: '/receipts', name: 'nav.receipts' },
  { path: '/pledges', name: 'nav.pledges' },
  { path: '/receivables', name: 'nav.receivables' },
  { path: '/traces', name: 'nav.traces' },
  { path: '/parties', name: 'nav.parties' },
  { path: '/alerts', name: 'nav.alerts' },
  { path: '/governance', name: 'nav.governance' },
  { path: '/blocks', name: 'nav.blocks' },
  { path: '/evidence', name: 'nav.evidence' },
];

const recordPages: readonly NavItem[] = [
  { path: '/orders', name: 'kind.orders' },
  { path: '/deliveries', name: 'kind.deliveries' },
  { path: '/invoices', name: 'kind.invoices' },
  { path: '/lots', name: 'kind.lots' },
  { path: '/liens', name: 'kind.liens' },
  { path: '/obligations', name: 'kind.obligations' },
  { path: '/proofs', name: 'kind.proofs' },
  { path: '/prices', name: 'kind.prices' },
  { path: '/devices', name: 'kind.devices' },
  { path: '/units', name: 'kind.units' },
  { path: '/animals', name: 'kind.animals' },
  { path: '/items', name: 'kind.items' },
];

/** What stands around every page: name, search, pages, who reads, at which height. */
export function Shell({ children }: { readonly children: ComponentChildren }): ComponentChildren {
  const [isOpen, setOpen] = useState(false);
  const path = place.value.path.join('/');
  useEffect(() => setOpen(false), [path]);
  return (
    <>
      <a class="skip" href="#content">
        {t('app.skip')}
      </a>
      <header class="top">
        <button
          type="button"
          class="icon-button menu-button"
          aria-expanded={isOpen}
          aria-controls="pages"
          onClick={() => setOpen(!isOpen)}
        >
          <Icon name="menu" />
          <span class="sr-only">{t('app.menu')}</span>
        </button>
        <a href="/" class="brand">
          <img src="/mark.svg" alt="" width="30" height="30" />
          <span>
            <strong>{t('app.name')}</strong>
            <small>{t('app.motto')}</small>
          </span>
        </a>
        <SearchBox />
        <TopTools />
      </header>
      <div class="frame">
        <nav id="pages" class={isOpen ? 'pages open' : 'pages'} aria-label={t('nav.label')}>
          <NavList items={mainPages} />
          <p class="nav-title">{t('nav.more')}</p>
          <NavList items={recordPages.filter(({ path: page }) => isServed(page.slice(1)))} />
          <NodeFooter />
        </nav>
        <main id="content" tabIndex={-1}>
          {!reachable.value && head.value !== undefined && <StaleBanner />}
          {children}
        </main>
      </div>
    </>
  );
}

function TopTools(): ComponentChildren {
  const height = head.value?.height;
  const isZh = language.value === 'zh';
  const next = { auto: 'light', light: 'dark', dark: 'auto' } as const;
  const icon = { auto: 'auto', light: 'sun', dark: 'moon' } as const;
  return (
    <div class="tools">
      {height !== undefined && (
        <a href="/blocks" class="height">
          <span class={reachable.value ? 'pulse' : 'pulse off'} aria-hidden="true" />
          {t('app.height', { height: countText(height) })}
        </a>
      )}
      <button type="button" class="reader" onClick={openLogin}>
        {reader.value === undefined
          ? t('app.anonymous')
          : t('app.reader', { name: partyName(reader.value) })}
      </button>
      <button
        type="button"
        class="text-button"
        aria-label={t('app.language.label')}
        onClick={() => {
          language.value = isZh ? 'en' : 'zh';
        }}
      >
        <span lang={isZh ? 'en' : 'zh-CN'}>{t('app.language')}</span>
      </button>
      <button
        type="button"
        class="icon-button"
        title={t(`app.theme.${theme.value}`)}
        aria-label={t(`app.theme.${theme.value}`)}
        onClick={() => {
          theme.value = next[theme.value];
        }}
      >
        <Icon name={icon[theme.value]} />
      </button>
    </div>
  );
}

function NavList({ items }: { readonly items: readonly NavItem[] }): ComponentChildren {
  const here = `/${place.value.path[0] ?? ''}`;
  return (
    <ul>
      {items.map(({ path, name }) => (
        <li key={path}>
          <a href={path} {...(path === here ? { 'aria-current': 'page' as const } : {})}>
            {t(name)}
          </a>
        </li>
      ))}
    </ul>
  );
}

function NodeFooter(): ComponentChildren {
  const info = nodeInfo.value;
  if (info === undefined) return null;
  return (
    <p class="node-footer">
      {info.devnet && (
        <span class="devnet">
          <strong>{t('app.devnet')}</strong> {t('app.devnet.note')}
        </span>
      )}
      <a href="/trust">{info.chainId}</a>
    </p>
  );
}

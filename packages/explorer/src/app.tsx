import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { readChainTables } from './data/contractTables.js';
import { reachable } from './data/nodeApi.js';
import { isSettled } from './data/readerSession.js';
import { place } from './data/router.js';
import { language } from './data/settings.js';
import { segments } from './format/ids.js';
import { t } from './messages/translate.js';
import { AlertsPage } from './pages/alertsPage.js';
import { BlockPage } from './pages/blockPage.js';
import { BlocksPage } from './pages/blocksPage.js';
import { EventPage } from './pages/eventPage.js';
import { EvidencePage } from './pages/evidencePage.js';
import { GovernancePage } from './pages/governancePage.js';
import { ListPage } from './pages/listPage.js';
import { NetworkPage } from './pages/networkPage.js';
import { ObjectPage } from './pages/objectPage.js';
import { PageTitle } from './pages/pageTitle.js';
import { PartyPage } from './pages/partyPage.js';
import { TracePage, TraceStartPage } from './pages/tracePage.js';
import { TransactionPage } from './pages/transactionPage.js';
import { TrustPage } from './pages/trustPage.js';
import { LoginDialog } from './parts/login.js';
import { Shell } from './parts/shell.js';
import { Loading } from './parts/states.js';

/** The page: what surrounds every view, and the view that the address names. */
export function App(): ComponentChildren {
  const isReachable = reachable.value;
  useEffect(() => {
    if (isReachable) readChainTables().catch(() => undefined);
  }, [isReachable]);
  const { path } = place.value;
  return (
    <Shell key={language.value}>
      {isSettled.value ? <View key={path.join('/')} path={path} /> : <Loading />}
      <LoginDialog />
    </Shell>
  );
}

function View({ path }: { readonly path: readonly string[] }): ComponentChildren {
  const [segment = '', id] = path;
  if (path.length > 2) return <NoSuchPage />;
  if (id !== undefined) return viewOfOne(segment, id);
  switch (segment) {
    case '':
      return <NetworkPage />;
    case 'traces':
      return <TraceStartPage />;
    case 'alerts':
      return <AlertsPage />;
    case 'governance':
      return <GovernancePage />;
    case 'blocks':
      return <BlocksPage />;
    case 'evidence':
      return <EvidencePage />;
    case 'trust':
      return <TrustPage />;
    default:
      return isKind(segment) ? <ListPage segment={segment} /> : <NoSuchPage />;
  }
}

function viewOfOne(segment: string, id: string): ComponentChildren {
  switch (segment) {
    case 'parties':
      return <PartyPage id={id} />;
    case 'traces':
      return <TracePage id={id} />;
    case 'blocks':
      return <BlockPage height={id} />;
    case 'transactions':
      return <TransactionPage id={id} />;
    case 'events':
      return <EventPage eventKey={id} />;
    default:
      return isKind(segment) ? <ObjectPage segment={segment} id={id} /> : <NoSuchPage />;
  }
}

function isKind(segment: string): boolean {
  return segment === 'parties' || Object.values(segments).includes(segment);
}

function NoSuchPage(): ComponentChildren {
  return (
    <>
      <PageTitle title={t('state.notFound.page')} />
      <p>
        <a href="/">{t('nav.network')}</a>
      </p>
    </>
  );
}

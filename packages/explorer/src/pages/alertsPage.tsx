import type { ComponentChildren } from 'preact';
import { isServed } from '../data/contractTables.js';
import { head } from '../data/liveEvents.js';
import { blocksBack, readFacts } from '../data/readLists.js';
import { useLoad } from '../data/useLoad.js';
import { isAlarming } from '../format/isAlarming.js';
import { warningTypes } from '../messages/eventSentences.js';
import { t } from '../messages/translate.js';
import { Settled } from '../parts/states.js';
import { Story } from '../parts/story.js';
import { Attention } from './attention.js';
import { ObjectList } from './listPage.js';
import { PageTitle } from './pageTitle.js';

const BLOCKS_BACK = 20_000;
const FACTS_SHOWN = 200;

/** Alerts that stand open, what else needs attention, and the warnings of late. */
export function AlertsPage(): ComponentChildren {
  const known = head.value === undefined ? 'none' : 'some';
  const loaded = useLoad(
    `warnings/${known}`,
    (signal) => {
      const after = blocksBack(head.peek()?.height ?? 0, BLOCKS_BACK);
      return readFacts({ after, types: warningTypes.join(',') }, FACTS_SHOWN, signal);
    },
    { changedBy: ({ type }) => warningTypes.includes(type) },
  );
  return (
    <>
      <PageTitle title={t('alerts.title')} />
      <section aria-labelledby="open-title">
        <h2 id="open-title">{t('alerts.open')}</h2>
        {isServed('alerts') ? (
          <ObjectList segment="alerts" title={t('alerts.open')} />
        ) : (
          <p class="muted">{t('alerts.notServed')}</p>
        )}
      </section>
      <div class="columns wide-left">
        <section aria-labelledby="warnings-title">
          <h2 id="warnings-title">{t('alerts.recent')}</h2>
          <p class="muted small">{t('alerts.recentNote')}</p>
          <Settled loaded={loaded}>
            {(facts) => {
              const warnings = facts.filter(isAlarming);
              if (warnings.length === 0) return <p class="muted">{t('alerts.none')}</p>;
              return <Story facts={warnings} />;
            }}
          </Settled>
        </section>
        <Attention />
      </div>
    </>
  );
}

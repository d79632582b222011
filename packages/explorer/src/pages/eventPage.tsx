import type { ComponentChildren } from 'preact';
import { readPhysicalEvent } from '../data/physicalEvent.js';
import { useLoad } from '../data/useLoad.js';
import { shortId } from '../format/ids.js';
import { deviceReading, readingsOf } from '../graph/temperature.js';
import { t } from '../messages/translate.js';
import { ProofPanel } from '../parts/proofPanel.js';
import { Settled } from '../parts/states.js';
import { Facts } from '../parts/value.js';
import { PageTitle } from './pageTitle.js';
import { ReadingCharts } from './readingCharts.js';

/** One physical event: what was read out of it, its temperatures, its document. */
export function EventPage({ eventKey }: { readonly eventKey: string }): ComponentChildren {
  const loaded = useLoad(`event/${eventKey}`, (signal) => readPhysicalEvent(eventKey, signal));
  return (
    <>
      <PageTitle title={shortId(eventKey)} kind={t('one.events')} />
      <Settled loaded={loaded}>
        {({ facts, document, height }) => {
          const readings = readingsOf(document).map(deviceReading);
          return (
            <>
              <ProofPanel name={`trace/event/${eventKey}`} shown={facts} at={height} />
              {readings.length > 1 && (
                <section aria-labelledby="temperature-title">
                  <h2 id="temperature-title">{t('trace.temperature')}</h2>
                  <ReadingCharts readings={readings} />
                </section>
              )}
              <section aria-labelledby="facts-title">
                <h2 id="facts-title">{t('object.facts')}</h2>
                <Facts record={facts} hidden={['bodyBytes', 'bodyPieces', 'epcCount']} />
              </section>
              <details class="raw" open>
                <summary>{t('event.documents')}</summary>
                <pre tabIndex={0} role="group" aria-label={t('event.documents')}>
                  {JSON.stringify(document, undefined, 2)}
                </pre>
              </details>
            </>
          );
        }}
      </Settled>
    </>
  );
}

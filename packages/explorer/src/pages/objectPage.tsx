import type { ComponentChildren } from 'preact';
import { isRecord } from '../data/nodeApi.js';
import { type ObjectAnswer, readHistory, readObject, TRACED_LOT } from '../data/readLists.js';
import { pathTo } from '../data/router.js';
import { useLoad } from '../data/useLoad.js';
import { countText } from '../format/amounts.js';
import { summariesOf } from '../format/summaries.js';
import { t, tMaybe } from '../messages/translate.js';
import { StateChip, stateOf } from '../parts/chip.js';
import { Icon } from '../parts/icons.js';
import { ProofPanel } from '../parts/proofPanel.js';
import { Filled } from '../parts/sentence.js';
import { Settled } from '../parts/states.js';
import { Story } from '../parts/story.js';
import { Facts } from '../parts/value.js';
import { PageTitle } from './pageTitle.js';
import { PledgeSections } from './pledgeSections.js';
import { PriceSections } from './priceSections.js';
import { DeviceSections } from './readingCharts.js';
import { ReceiptSections } from './receiptSections.js';
import { ReceivableSections } from './receivableSections.js';
import { RelatedRecords } from './relatedRecords.js';

interface ObjectPageProps {
  readonly segment: string;
  readonly id: string;
}

/** Kinds whose own sections come before their facts. */
const sections: Readonly<Record<string, (props: { answer: ObjectAnswer }) => ComponentChildren>> = {
  receipts: ReceiptSections,
  pledges: PledgeSections,
  receivables: ReceivableSections,
  prices: PriceSections,
  devices: DeviceSections,
};

/** One object: its sentences, its proof, what is particular to its kind, facts and story. */
export function ObjectPage({ segment, id }: ObjectPageProps): ComponentChildren {
  const loaded = useLoad(`object/${segment}/${id}`, (signal) => readObject(segment, id, signal), {
    changedBy: ({ subject }) => subject === id,
  });
  const state = isRecord(loaded.value?.data) ? stateOf(loaded.value.data) : undefined;
  return (
    <>
      <PageTitle title={id} kind={tMaybe(`one.${segment}`) ?? segment}>
        <StateChip state={state} />
      </PageTitle>
      <Settled loaded={loaded}>
        {(answer) => <ObjectBody segment={segment} answer={answer} />}
      </Settled>
    </>
  );
}

function ObjectBody({
  segment,
  answer,
}: {
  readonly segment: string;
  readonly answer: ObjectAnswer;
}): ComponentChildren {
  const { id, data, height, stateKey } = answer;
  // A node names no other record than the id's own, but for the lots that only a trace knows.
  const name = segment === 'lots' && stateKey === TRACED_LOT + id ? stateKey : id;
  const Own = sections[segment];
  return (
    <>
      <div class="summary">
        {summariesOf(segment, data).map(({ template, values }) => (
          <p key={template}>
            <Filled template={template} values={values} />
          </p>
        ))}
        <p>
          <a class="arrow-link" href={pathTo('traces', id)}>
            <Icon name="graph" />
            {t('object.traceLink')}
          </a>
        </p>
      </div>
      <ProofPanel name={name} shown={data} at={height} />
      {Own !== undefined && <Own answer={answer} />}
      <div class="columns">
        <section aria-labelledby="facts-title">
          <h2 id="facts-title">{t('object.facts')}</h2>
          <Facts record={readable(segment, data)} hidden={['id', 'state', 'version', 'items']} />
          <p class="muted small">
            {t('object.version', { version: String(data.version ?? '–') })} ·{' '}
            {t('list.atHeight', { height: countText(height) })}
          </p>
        </section>
        <div>
          <History segment={segment} id={id} />
          <RelatedRecords segment={segment} data={data} id={id} />
        </div>
      </div>
      <RawRecord answer={answer} />
    </>
  );
}

/** A feed's bare number is a price of its currency and unit; a unit's children are a count. */
function readable(segment: string, data: ObjectAnswer['data']): ObjectAnswer['data'] {
  if (segment === 'units') {
    const { children: inside, ...others } = data;
    return { ...others, inside };
  }
  const { current, currency, unit, scale } = data;
  if (segment !== 'prices' || !isRecord(current)) return data;
  return {
    ...data,
    current: { ...current, value: { value: current.value, currency, unit, scale } },
  };
}

/** The object's story, read from the event log. */
export function History({
  segment,
  id,
}: {
  readonly segment: string;
  readonly id: string;
}): ComponentChildren {
  const loaded = useLoad(`history/${segment}/${id}`, (signal) => readHistory(segment, id, signal), {
    changedBy: ({ subject }) => subject === id,
  });
  return (
    <section aria-labelledby="history-title">
      <h2 id="history-title">{t('object.history')}</h2>
      <Settled loaded={loaded}>{(facts) => <Story facts={facts} order="newest" />}</Settled>
    </section>
  );
}

/** The answer as it came, for those who compare by hand. */
export function RawRecord({ answer }: { readonly answer: ObjectAnswer }): ComponentChildren {
  return (
    <details class="raw">
      <summary>{t('object.raw')}</summary>
      <p class="muted small">{t('object.raw.note', { height: countText(answer.height) })}</p>
      <pre tabIndex={0} role="group" aria-label={t('object.raw')}>
        {JSON.stringify(answer, undefined, 2)}
      </pre>
    </details>
  );
}

import type { ComponentChildren } from 'preact';
import { isServed, readChainTables } from '../data/contractTables.js';
import {
  devicesOf,
  type ReadingLimit,
  readDeviceReadings,
  temperatureLimits,
} from '../data/deviceReadings.js';
import { getJson } from '../data/nodeApi.js';
import { readPhysicalEvent } from '../data/physicalEvent.js';
import { type Row, readList } from '../data/readLists.js';
import { open, pathTo, place, replaceQuery } from '../data/router.js';
import { useLoad } from '../data/useLoad.js';
import { segmentOfId, shortId } from '../format/ids.js';
import { stateName, toneOf } from '../format/words.js';
import type { Direction, PhysicalEvent, Trace } from '../graph/collectTrace.js';
import { readPhysicalEvents } from '../graph/collectTrace.js';
import type { DeviceReading } from '../graph/readingsOfBatch.js';
import { deviceReading, readingsOf } from '../graph/temperature.js';
import { t, tMaybe } from '../messages/translate.js';
import { Settled } from '../parts/states.js';
import { Value } from '../parts/value.js';
import { PageTitle } from './pageTitle.js';
import { ReadingCharts } from './readingCharts.js';
import { TraceGraph } from './traceGraph.js';

const DEPTHS = [1, 2, 3, 4, 6];
const DEPTH_DEFAULT = 4;
const EVENTS_READ_MAX = 60;
/** Kinds of records that a device can watch. */
const WATCHED = new Set(['lots', 'receipts', 'units', 'animals', 'items', 'deliveries']);

/** Where to begin a trace. */
export function TraceStartPage(): ComponentChildren {
  const loaded = useLoad('trace-start', async (signal): Promise<readonly Row[]> => {
    await readChainTables();
    const kinds = ['receipts', 'receivables', 'lots', 'orders'].filter(isServed);
    const lists = kinds.map((segment) => {
      return readList(segment, { limit: '6' }, signal).then(
        ({ data }) => data,
        () => [],
      );
    });
    return (await Promise.all(lists)).flat();
  });
  const begin = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement)) return;
    const id = String(new FormData(form).get('id') ?? '').trim();
    if (segmentOfId(id) !== undefined) open(pathTo('traces', id));
  };
  return (
    <>
      <PageTitle title={t('trace.title')} />
      <form class="pick" onSubmit={begin}>
        <label>
          <strong>{t('trace.pick')}</strong>
          <span class="muted">{t('trace.pickNote')}</span>
          <input name="id" required pattern="[a-z]{2}_[a-z0-9\-]{1,60}" placeholder="wr_0007" />
        </label>
        <button type="submit" class="primary">
          {t('object.traceLink')}
        </button>
      </form>
      <section aria-labelledby="begin-title">
        <h2 id="begin-title">{t('trace.recent')}</h2>
        <Settled loaded={loaded}>
          {(rows) => (
            <ul class="cards">
              {rows.map(({ id }) => (
                <li key={id}>
                  <a href={pathTo('traces', id)}>
                    <span class="id">{shortId(id)}</span>
                    <span class="muted">{tMaybe(`one.${segmentOfId(id) ?? ''}`)}</span>
                  </a>
                </li>
              ))}
            </ul>
          )}
        </Settled>
      </section>
    </>
  );
}

/** A record's surroundings over time: graph, temperatures, physical events, list. */
export function TracePage({ id }: { readonly id: string }): ComponentChildren {
  const { query } = place.value;
  const asked = Number(query.get('depth'));
  const depth = DEPTHS.includes(asked) ? asked : DEPTH_DEFAULT;
  const direction = directionOf(query.get('direction'));
  return (
    <>
      <PageTitle title={id} kind={t('trace.title')} />
      <p class="lead">{t('trace.lead', { id })}</p>
      <div class="controls">
        <Choice name="direction" label={t('trace.direction')} value={direction}>
          <option value="both">{t('trace.both')}</option>
          <option value="up">{t('trace.up')}</option>
          <option value="down">{t('trace.down')}</option>
        </Choice>
        <Choice name="depth" label={t('trace.depth')} value={String(depth)}>
          {DEPTHS.map((one) => (
            <option key={one} value={String(one)}>
              {one}
            </option>
          ))}
        </Choice>
        <a class="arrow-link" href={pathTo(segmentOfId(id) ?? 'receipts', id)}>
          {id}
        </a>
      </div>
      <TraceFlags id={id} direction={direction} depth={depth} />
      <TraceGraph
        root={id}
        depth={depth}
        direction={direction}
        onTrace={(trace) => <PhysicalSide trace={trace} />}
      />
    </>
  );
}

interface FlagsProps {
  readonly id: string;
  readonly direction: Direction;
  readonly depth: number;
}

/** What the ledger's own penetration query warns of: a circle, or one asset financed twice. */
function TraceFlags({ id, direction, depth }: FlagsProps): ComponentChildren {
  const loaded = useLoad(`flags/${id}/${direction}/${depth}`, (signal) => {
    const query = new URLSearchParams({ direction, depth: String(depth) });
    const path = `/v1/trace/${encodeURIComponent(id)}?${query}`;
    return getJson<{ flags: readonly string[] }>(path, signal);
  });
  const flags = loaded.value?.flags ?? [];
  if (flags.length === 0) return null;
  return (
    <p class="flags">
      {t('trace.flags')}:{' '}
      {flags.map((flag) => (
        <span key={flag} class={`chip tone-${toneOf(flag)}`}>
          {stateName(flag)}
        </span>
      ))}
    </p>
  );
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly value: string;
  readonly children: ComponentChildren;
}

function Choice({ name, label, value, children }: ChoiceProps): ComponentChildren {
  const choose = (event: Event): void => {
    if (!(event.currentTarget instanceof HTMLSelectElement)) return;
    const query = new URLSearchParams(place.value.query);
    query.set(name, event.currentTarget.value);
    replaceQuery(query);
  };
  return (
    <label>
      {label}{' '}
      <select value={value} onChange={choose}>
        {children}
      </select>
    </label>
  );
}

function directionOf(text: string | null): Direction {
  return text === 'up' || text === 'down' ? text : 'both';
}

interface Physical {
  readonly events: readonly PhysicalEvent[];
  readonly readings: readonly DeviceReading[];
  readonly limits: readonly ReadingLimit[];
}

/** What sensors and readers said of the goods in a trace. */
function PhysicalSide({ trace }: { readonly trace: Trace }): ComponentChildren {
  const goods = trace.nodes.filter(({ segment }) => WATCHED.has(segment)).map(({ id }) => id);
  const loaded = useLoad(`physical/${goods.join(' ')}`, (signal) => readPhysical(goods, signal), {
    changedBy: ({ type, data }) => type === 'batch.accepted' && goods.includes(String(data.asset)),
  });
  return (
    <Settled loaded={loaded}>
      {({ events, readings, limits }) => (
        <>
          <section aria-labelledby="temperature-title">
            <h2 id="temperature-title">{t('trace.temperature')}</h2>
            {readings.length === 0 ? (
              <p class="muted">{t('trace.noTemperature')}</p>
            ) : (
              <>
                <ReadingCharts readings={readings} limits={limits} />
                <p class="muted small">{t('trace.temperatureNote')}</p>
              </>
            )}
          </section>
          {events.length > 0 && (
            <section aria-labelledby="events-title">
              <h2 id="events-title">{t('trace.events')}</h2>
              <ol class="trace-list">
                {events.map((event) => (
                  <EventLine key={event.key} event={event} />
                ))}
              </ol>
            </section>
          )}
        </>
      )}
    </Settled>
  );
}

async function readPhysical(goods: readonly string[], signal: AbortSignal): Promise<Physical> {
  const lots = goods.filter((id) => segmentOfId(id) === 'lots');
  const [all, devices, limits] = await Promise.all([
    readPhysicalEvents(lots, signal),
    devicesOf(goods),
    temperatureLimits(goods),
  ]);
  const events = [...new Map(all.map((event) => [event.key, event])).values()].sort(
    (one, other) => Number(one.facts.eventTimeMs ?? 0) - Number(other.facts.eventTimeMs ?? 0),
  );
  const assets = new Set(goods);
  const [documents, measured] = await Promise.all([
    Promise.all(
      events.slice(0, EVENTS_READ_MAX).map(({ key }) => {
        return readPhysicalEvent(key, signal).catch(() => undefined);
      }),
    ),
    Promise.all(devices.map((device) => readDeviceReadings(device, signal, assets))),
  ]);
  const told = documents.flatMap((one) => readingsOf(one?.document)).map(deviceReading);
  const readings = [...told, ...measured.flat().filter(({ kind }) => kind === 'TEMPERATURE')];
  return { events, readings: readings.sort((one, other) => one.timeMs - other.timeMs), limits };
}

function EventLine({ event }: { readonly event: PhysicalEvent }): ComponentChildren {
  const { key, lot, facts } = event;
  return (
    <li class="flow-goods">
      <a class="id" href={pathTo('events', key)} title={key}>
        <Value name="bizStep" value={facts.bizStep ?? facts.type} />
      </a>
      <span class="muted">
        <Value name="eventTimeMs" value={facts.eventTimeMs} />
      </span>
      <Value name="submitter" value={facts.submitter} />
      <a class="id" href={pathTo('lots', lot)}>
        {lot}
      </a>
    </li>
  );
}

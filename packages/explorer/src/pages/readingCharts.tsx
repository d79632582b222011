import type { ComponentChildren } from 'preact';
import { type ReadingLimit, readDeviceReadings } from '../data/deviceReadings.js';
import type { ObjectAnswer } from '../data/readLists.js';
import { useLoad } from '../data/useLoad.js';
import { segmentOfId } from '../format/ids.js';
import { readingUnit } from '../format/readingUnit.js';
import { timeText } from '../format/times.js';
import { stateName } from '../format/words.js';
import { LineChart } from '../graph/lineChart.js';
import type { DeviceReading } from '../graph/readingsOfBatch.js';
import { t } from '../messages/translate.js';
import { Settled } from '../parts/states.js';
import { IdLink } from '../parts/value.js';

interface ReadingChartsProps {
  readonly readings: readonly DeviceReading[];
  readonly limits?: readonly ReadingLimit[];
}

const MARKED_MAX = 60;
const SIGNS: Readonly<Record<string, string>> = { gt: '>', ge: '≥', lt: '<', le: '≤' };

/** A line for each device and kind of reading; agreed limits lie across those of temperature. */
export function ReadingCharts({ readings, limits = [] }: ReadingChartsProps): ComponentChildren {
  const groups = new Map<string, DeviceReading[]>();
  for (const reading of readings) {
    const name = `${reading.device} ${reading.kind}`;
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [reading]);
    else group.push(reading);
  }
  return [...groups].map(([name, group]) => (
    <ReadingChart key={name} readings={group} limits={limits} />
  ));
}

function ReadingChart({ readings, limits = [] }: ReadingChartsProps): ComponentChildren {
  const [first] = readings;
  if (first === undefined) return null;
  const { device, kind } = first;
  const isDevice = segmentOfId(device) === 'devices';
  const yText = (value: number) => readingUnit(kind, value);
  const points = readings.map(({ timeMs, value }) => ({
    x: timeMs,
    y: value,
    text: `${timeText(timeMs)} · ${yText(value)}`,
    ...(readings.length <= MARKED_MAX && { mark: isOutside(value, limits) }),
  }));
  const lines = kind === 'TEMPERATURE' ? limits : [];
  return (
    <div class="reading-chart">
      <h3>
        {stateName(kind)}
        {device !== '' && <> · {isDevice ? <IdLink id={device} /> : device}</>}
      </h3>
      <LineChart
        label={`${stateName(kind)} ${device}: ${points.at(-1)?.text ?? ''}`}
        points={points}
        lines={lines.map(({ value, compare, severity }) => ({
          y: value,
          text: SIGNS[compare] ?? compare,
          tone: severity === 'critical' ? 'bad' : 'warn',
        }))}
        yText={yText}
      />
    </div>
  );
}

function isOutside(value: number, limits: readonly ReadingLimit[]): 'good' | 'bad' {
  const broken = limits.some(({ value: limit, compare }) => {
    if (compare === 'gt') return value > limit;
    if (compare === 'ge') return value >= limit;
    return compare === 'lt' ? value < limit : value <= limit;
  });
  return broken ? 'bad' : 'good';
}

/** What a device has measured: a line for each kind of reading. */
export function DeviceSections({ answer }: { readonly answer: ObjectAnswer }): ComponentChildren {
  const { id } = answer;
  const loaded = useLoad(`readings/${id}`, (signal) => readDeviceReadings(id, signal), {
    changedBy: ({ subject, type }) => subject === id && type === 'batch.accepted',
  });
  return (
    <section aria-labelledby="readings-title">
      <h2 id="readings-title">{t('device.readings')}</h2>
      <Settled loaded={loaded}>
        {(readings) =>
          readings.length === 0 ? (
            <p class="muted">{t('device.noReadings')}</p>
          ) : (
            <>
              <ReadingCharts readings={readings} />
              <p class="muted small">{t('device.readingsNote')}</p>
            </>
          )
        }
      </Settled>
    </section>
  );
}

import { getJson, isRecord } from './nodeApi.js';

const DAY_MS = 86_400_000;
const TIME_MIN = 1_000_000_000_000;

/** A physical event as the ledger keeps it: what was read out of it, and its document. */
export interface RecordedEvent {
  readonly facts: Readonly<Record<string, unknown>>;
  readonly document: unknown;
  readonly height: number;
}

/** Reads one EPCIS event by its key. */
export async function readPhysicalEvent(key: string, signal: AbortSignal): Promise<RecordedEvent> {
  const path = `/v1/queries/trace.event?${new URLSearchParams({ key })}`;
  const { data, height } = await getJson<{ data: unknown; height: number }>(path, signal);
  const { body, ...facts } = isRecord(data) ? data : {};
  const read = Object.fromEntries(Object.entries(facts).map(([k, v]) => [k, asRecorded(k, v)]));
  return { facts: read, document: typeof body === 'string' ? documentOf(body) : undefined, height };
}

/** A query gives times and days as the ledger counts them; records write them out. */
function asRecorded(name: string, value: unknown): unknown {
  if (typeof value !== 'number') return value;
  if (value >= TIME_MIN) return new Date(value).toISOString();
  return name.endsWith('Day') ? new Date(value * DAY_MS).toISOString().slice(0, 10) : value;
}

/** The event's JSON out of its base64url bytes. */
function documentOf(text: string): unknown {
  try {
    const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}

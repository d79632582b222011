import { getJson, isRecord } from './nodeApi.js';

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
  return { facts, document: typeof body === 'string' ? documentOf(body) : undefined, height };
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

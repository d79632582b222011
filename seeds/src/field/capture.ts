import { setTimeout as sleep } from 'node:timers/promises';
import { command, recordableEvent } from '@triflow/sdk';
import { ScenarioError } from '../scenarioError.js';
import type { Stage } from '../stage.js';

const TRIES_MAX = 20;
const PAUSE_MS = 500;
const CALL_MS = 60_000;

/** An EPCIS 2.0 event as JSON, with its own context. */
export type EpcisEventJson = Readonly<Record<string, unknown>>;

/** A recorded event as other commands refer to it. */
export interface Recorded {
  readonly key: string;
  /** `sha256:` and hexadecimal. */
  readonly hash: string;
}

/**
 * A party's stock system posts an event to the capture interface of the party's gateway, which
 * signs and records it; then it is linked to lots. While nobody can say whether it is final, the
 * same event is posted again: it is recorded once.
 */
export async function capture(
  stage: Stage,
  alias: string,
  json: EpcisEventJson,
  lots: readonly string[] = [],
): Promise<Recorded> {
  const text = JSON.stringify(json);
  const { key } = recordableEvent(text);
  await post(`${await stage.cast.field.gateway(alias)}/v1/epcis/events`, text);
  stage.tally.captured += 1;
  stage.tally.parties.add(alias);
  for (const lot of lots) {
    await stage.act(alias, command('trace', 'link_event_to_lot', { event: key, lot }));
  }
  return { key, hash: `sha256:${key}` };
}

/** 201 says that the event is final; 5xx that it is not known, or not possible now. */
async function post(url: string, body: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/ld+json' },
      body,
      signal: AbortSignal.timeout(CALL_MS),
    });
    const said = await response.text();
    if (response.status === 201) return;
    if (response.status < 500 || attempt >= TRIES_MAX) {
      throw new ScenarioError('SCENARIO_DIFFERS', `${url} answers ${response.status}: ${said}`);
    }
    await sleep(PAUSE_MS);
  }
}

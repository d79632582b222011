import { type JsonObject, type JsonValue, textFromJson, textFromTime } from '@triflow/protocol';
import { EPCIS_CONTEXT } from '../../routes/epcis.js';
import type { EpcFormat } from '../../routes/epcisForm.js';
import { eventForm } from './eventForm.js';
import type { KeyedEvent } from './eventView.js';

/** The name of a query that has none of its own (EPCIS 2.0 section 8.2.7.1). */
export const SIMPLE_QUERY = 'SimpleEventQuery';

export interface DocumentFacts {
  readonly queryName: string;
  readonly subscriptionID?: string;
  /** When the answer was made. */
  readonly nowMs: number;
  readonly epcFormat: EpcFormat;
}

/**
 * An EPCISQueryDocument of events. What all of them have in their @context stands once, at the
 * top; otherwise each keeps its own, which adds to the standard one.
 */
export function queryDocument(events: readonly KeyedEvent[], facts: DocumentFacts): string {
  const forms = events.map((event) => eventForm(event, facts.epcFormat));
  const contexts = new Set(forms.map((form) => textFromJson(form['@context'] ?? null)));
  const shared = contexts.size === 1 ? forms[0]?.['@context'] : undefined;
  const { queryName, subscriptionID } = facts;
  const document: JsonObject = {
    '@context': shared ?? [EPCIS_CONTEXT],
    type: 'EPCISQueryDocument',
    schemaVersion: '2.0',
    creationDate: textFromTime(facts.nowMs),
    epcisBody: {
      queryResults: {
        queryName,
        ...(subscriptionID !== undefined && { subscriptionID }),
        resultsBody: {
          eventList: shared === undefined ? forms : forms.map(withoutContext),
        },
      },
    },
  };
  return textFromJson(document);
}

function withoutContext({ '@context': _, ...members }: JsonObject): JsonValue {
  return members;
}

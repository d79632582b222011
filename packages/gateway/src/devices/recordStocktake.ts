import { command, type RecordableEvent, recordableEvent } from '@triflow/sdk';
import type { SubmitQueue } from '../submitQueue.js';
import { refuseWrongLine, stocktakeEvents } from './stocktakeCsv.js';

/** Events of one transaction: they are large. */
const EVENTS_PER_TRANSACTION = 8;

export interface StocktakeParts {
  readonly party: string;
  readonly queue: Pick<SubmitQueue, 'submit'>;
}

/**
 * Records a stocktake's events on the chain and gives their keys. Sent again it records nothing
 * twice. Throws `REQUEST_INVALID` naming the line, and what the queue throws.
 */
export async function recordStocktake(
  csv: string,
  { party, queue }: StocktakeParts,
): Promise<readonly string[]> {
  const events = readEvents(csv, party);
  for (let from = 0; from < events.length; from += EVENTS_PER_TRANSACTION) {
    const some = events.slice(from, from + EVENTS_PER_TRANSACTION);
    await queue.submit(some.map(recordCommand));
  }
  return events.map(({ key }) => key);
}

/** A list of EPCs is sorted: which line a fault is from is looked for when there is one. */
function readEvents(csv: string, party: string): readonly RecordableEvent[] {
  try {
    return stocktakeEvents(csv, party).map((text) => recordableEvent(text));
  } catch (error) {
    refuseWrongLine(csv, party, recordableEvent);
    throw error;
  }
}

function recordCommand({ event, hash }: RecordableEvent) {
  return command('trace', 'record_event', { event, hash });
}

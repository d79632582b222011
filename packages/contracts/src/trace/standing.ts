import { readDigitalLink } from '@triflow/epcis';
import type { ReadContext } from '@triflow/protocol';
import { locations } from './keys.js';
import type { ReadEvent } from './readEvent.js';
import type { Standing } from './schema.js';

const SUBMITTER_MEMBER = 'triflow:submitter';
const LOCATION_KEYS: ReadonlySet<string> = new Set(['414', '417']);

/**
 * How the sender stands in an event, the strongest first: source, destination, keeper of the
 * place, device; or only by the event's own word (`triflow:submitter`). An identifier is the
 * sender's when it is its party id (a URI), its GLN, or a GLN that it has registered. Undefined
 * when the sender does not appear.
 */
export function standingIn(
  context: ReadContext,
  { event, facts }: Pick<ReadEvent, 'event' | 'facts'>,
): Standing | undefined {
  const places = [facts.readPoint, facts.bizLocation].flatMap((place) => place ?? []);
  const groups: readonly (readonly [Standing, readonly string[]])[] = [
    ['source', facts.sources.map((one) => one.id)],
    ['destination', facts.destinations.map((one) => one.id)],
    ['keeper', places],
    ['device', facts.deviceIds],
  ];
  for (const [standing, identifiers] of groups) {
    if (identifiers.some((identifier) => isSenders(context, identifier))) return standing;
  }
  return event.json[SUBMITTER_MEMBER] === context.sender ? 'declared' : undefined;
}

function isSenders(context: ReadContext, identifier: string): boolean {
  if (identifier === context.sender) return true;
  const link = readDigitalLink(identifier);
  if (link === undefined || !LOCATION_KEYS.has(link.key)) return false;
  if (context.sender === `gln:${link.value}`) return true;
  return context.get(locations, link.value)?.party === context.sender;
}

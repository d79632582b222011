import { locations, parties } from '@triflow/contracts/schemas';
import {
  type Attributes,
  type EventQuery,
  masterDataIds,
  type RecordedEvent,
  readDigitalLink,
} from '@triflow/epcis';
import { isPartyId, type QueryReader } from '@triflow/protocol';

/** A place (SGLN) and a party (PGLN) of a GLN. */
const LOCATION = '414';
const PARTY = '417';
/** CBV 2.0: the name of a party or place. */
const NAME = 'urn:epcglobal:cbv:mda:name';

/** Makes what gives events the ledger's master data that a query asks for; it remembers. */
export function createMasterData(
  reader: Pick<QueryReader, 'get'>,
): <E extends RecordedEvent>(event: E, query: EventQuery) => Promise<E> {
  const known = new Map<string, Attributes | undefined>();
  return async (event, query) => {
    const ids = masterDataIds(event.event, query);
    if (ids.length === 0) return event;
    const masterData = new Map<string, Attributes>();
    for (const id of ids) {
      if (!known.has(id)) known.set(id, await attributesOf(reader, id));
      const attributes = known.get(id);
      if (attributes !== undefined) masterData.set(id, attributes);
    }
    return { ...event, masterData };
  };
}

/**
 * What the ledger knows of a registered GLN or of a party: who answers for it, its roles and size.
 * A party has its registered name; a place has no name here, its party's is not its own.
 */
async function attributesOf(
  reader: Pick<QueryReader, 'get'>,
  id: string,
): Promise<Attributes | undefined> {
  const link = readDigitalLink(id);
  const gln = link?.key === LOCATION || link?.key === PARTY ? link.value : undefined;
  const registered = gln === undefined ? undefined : await reader.get(locations, gln);
  const holder = registered?.party ?? (gln === undefined ? id : `gln:${gln}`);
  const party = isPartyId(holder) ? await reader.get(parties, holder) : undefined;
  if (party === undefined) return undefined;
  return new Map<string, readonly string[]>([
    ['triflow:party', [party.id]],
    ['triflow:role', party.roles],
    ['triflow:sizeClass', [party.sizeClass]],
    ['triflow:state', [party.state]],
    ...(link?.key === LOCATION ? [] : [[NAME, [party.name]] as const]),
  ]);
}

import { type PartyId, type QueryReader, stateKey } from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../defineContract.js';
import { partyIdSchema } from '../fields.js';
import { AFFILIATION_NODES_MAX, AFFILIATION_STEPS_MAX } from './internal.js';
import { affiliations } from './keys.js';

export { affiliations, parties } from './keys.js';

/** What the API may ask by name; parties by id, role and state come from their table. */
export const queries = {
  areAffiliated: query({
    params: z.strictObject({ a: partyIdSchema, b: partyIdSchema }),
    run: async (reader, { a, b }) => {
      const found = await findPath(reader, a, b);
      const proofRef = found.read.map((party) => stateKey(affiliations, [party]));
      return { data: { answer: found.answer, path: found.path }, proofRef };
    },
  }),
};

interface FoundPath {
  readonly answer: 'affiliated' | 'not_affiliated' | 'search_incomplete';
  readonly path: readonly PartyId[];
  readonly read: readonly PartyId[];
}

/** The shortest chain of declared relations, breadth first, within the bounds of R14. */
async function findPath(reader: QueryReader, a: PartyId, b: PartyId): Promise<FoundPath> {
  const read: PartyId[] = [];
  if (a === b) return { answer: 'affiliated', path: [a], read };
  const seen = new Set<PartyId>([a]);
  let frontier: (readonly PartyId[])[] = [[a]];
  for (let step = 0; step < AFFILIATION_STEPS_MAX && frontier.length > 0; step += 1) {
    const next: (readonly PartyId[])[] = [];
    for (const path of frontier) {
      const end = path.at(-1) ?? a;
      read.push(end);
      for (const { other } of (await reader.get(affiliations, end))?.others ?? []) {
        if (other === b) return { answer: 'affiliated', path: [...path, b], read };
        if (seen.has(other)) continue;
        if (seen.size >= AFFILIATION_NODES_MAX) {
          return { answer: 'search_incomplete', path: [], read };
        }
        seen.add(other);
        next.push([...path, other]);
      }
    }
    frontier = next;
  }
  const answer = frontier.length > 0 ? 'search_incomplete' : 'not_affiliated';
  return { answer, path: [], read };
}

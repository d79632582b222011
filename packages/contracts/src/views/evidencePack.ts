import { limits, type QueryReader, stateKey, type Table } from '@triflow/protocol';
import { z } from 'zod';
import { query } from '../defineContract.js';
import { liens, onAsset } from '../lien/queries.js';
import { obligations, proofs } from '../payment/queries.js';
import { distributions, facilities, sales } from '../pledge-facility/queries.js';
import { feeds, roundParts, rounds } from '../price-feed/queries.js';
import { deliveries, invoices, orders } from '../purchase-order/queries.js';
import { claims, estoppels, roots } from '../receivable/queries.js';
import { lots, receipts } from '../warehouse-receipt/queries.js';
import { allOfIndex, pageOfList } from './page.js';

const OBJECT = /^([a-z]{2})_[a-z0-9-]{1,60}$/;

/** One record behind an object, with the key that `proof` opens. */
interface Piece {
  readonly id: string;
  readonly key: string;
  readonly record: unknown;
}

/**
 * Every record behind a claim, receipt or facility: the object, and what the records that it came
 * from name, as far as the trade and the goods. `subjects` are the objects whose events and signed
 * transactions belong to the pack (`/v1/events?subject=`). A page has no more keys than one proof.
 */
export const evidencePack = query({
  params: z.strictObject({
    object: z.string().regex(/^(rv|wr|pl)_[a-z0-9-]{1,60}$/),
    cursor: z
      .string()
      .regex(/^[0-9]{1,9}$/)
      .optional(),
    limit: z.coerce
      .number()
      .int()
      .min(1)
      .max(limits.stateKeysPerProofMax)
      .default(limits.stateKeysPerProofMax),
  }),
  run: async (reader, { object, ...page }) => {
    const { pieces, complete } = await gather(reader, object);
    const { items, next } = pageOfList(pieces, page);
    const subjects = [...new Set(pieces.map((piece) => piece.id))];
    const data = { object, subjects, complete, items, ...(next === undefined ? {} : { next }) };
    return { data, proofRef: items.map((piece) => piece.key) };
  },
});

/** Follows the ids that records name; `children` lead to others' parts and are left out. */
async function gather(
  reader: QueryReader,
  object: string,
): Promise<{ readonly pieces: readonly Piece[]; readonly complete: boolean }> {
  const pieces: Piece[] = [];
  const seen = new Set<string>([object]);
  const open = [object];
  for (let id = open.shift(); id !== undefined; id = open.shift()) {
    for (const piece of await piecesOf(reader, id)) {
      if (pieces.length >= limits.viewRecordsMax) return { pieces, complete: false };
      pieces.push(piece);
      for (const other of idsIn(piece.record)) {
        if (seen.has(other) || seen.size >= limits.viewRecordsMax) continue;
        seen.add(other);
        open.push(other);
      }
    }
  }
  return { pieces, complete: true };
}

async function piecesOf(reader: QueryReader, id: string): Promise<readonly Piece[]> {
  const pieces: (Piece | undefined)[] = [];
  const add = async <T>(table: Table<T>, ...parts: string[]): Promise<T | undefined> => {
    const record = await reader.get(table, ...parts);
    if (record !== undefined) pieces.push({ id, key: stateKey(table, parts), record });
    return record;
  };
  switch (OBJECT.exec(id)?.[1]) {
    case 'rv':
      await add(claims, id);
      await add(roots, id);
      await add(estoppels, id);
      await add(onAsset, id);
      break;
    case 'wr':
      await add(receipts, id);
      await add(onAsset, id);
      break;
    case 'lt':
      await add(lots, id);
      await add(onAsset, id);
      break;
    case 'pl':
      await add(facilities, id);
      pieces.push(...(await enforcementOf(reader, id)));
      break;
    case 'pf': {
      const feed = await add(feeds, id);
      if (feed?.current !== undefined) await add(rounds, ...roundParts(id, feed.current.round));
      break;
    }
    default:
      await addPlain(id, add);
  }
  return pieces.filter((piece) => piece !== undefined);
}

type Add = <T>(table: Table<T>, ...parts: string[]) => Promise<T | undefined>;

async function addPlain(id: string, add: Add): Promise<void> {
  switch (OBJECT.exec(id)?.[1]) {
    case 'in':
      await add(invoices, id);
      break;
    case 'po':
      await add(orders, id);
      break;
    case 'dl':
      await add(deliveries, id);
      break;
    case 'ln':
      await add(liens, id);
      break;
    case 'ob':
      await add(obligations, id);
      break;
    case 'pp':
      await add(proofs, id);
      break;
    default:
      break;
  }
}

async function enforcementOf(reader: QueryReader, id: string): Promise<readonly Piece[]> {
  const index = { name: 'facility', value: id };
  const sold = await allOfIndex(reader, sales, index);
  const shared = await allOfIndex(reader, distributions, index);
  const key = (name: string, number: number) =>
    `pledge-facility/${name}/${id}/${String(number).padStart(4, '0')}`;
  return [
    ...sold.records.map((record) => ({ id, key: key('sale', record.number), record })),
    ...shared.records.map((record) => ({ id, key: key('distribution', record.sale), record })),
  ];
}

/** Object ids that a record names anywhere but under `children`, in the order of its members. */
function idsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return OBJECT.test(value) ? [value] : [];
  if (Array.isArray(value)) return value.flatMap(idsIn);
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    name === 'children' ? [] : idsIn(member),
  );
}

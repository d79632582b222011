import { parties, views } from '@triflow/contracts/schemas';
import type { PartyId, QueryReader, Table } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { BackendRegistry } from '../backend.js';
import { anonymousReader, type Reader } from './reader.js';
import type { RecordPlace } from './recordPlace.js';
import { type Sight, sightOf } from './sight.js';

const any = z.custom<Record<string, unknown>>(() => true);
type Row = Record<string, unknown>;

const goods: Table<Row> = {
  contract: 'goods',
  name: 'receipt',
  schema: any,
  objectKind: 'wr',
  indexes: { lot: ({ lot }) => [String(lot)], parent: ({ parents }) => parents as string[] },
  visibility: { originOf: [{ table: 'goods/receipt', index: 'parent' }] },
};
const lots: Table<Row> = {
  contract: 'goods',
  name: 'lot',
  schema: any,
  objectKind: 'lt',
  visibility: { originOf: [{ table: 'goods/receipt', index: 'lot' }] },
};
const counters: Table<Row> = { contract: 'goods', name: 'counter', schema: any };
const terms: Table<Row> = {
  contract: 'goods',
  name: 'terms',
  schema: any,
  visibility: { parties: ({ lender }) => [String(lender)] },
};
const bodies: Table<Row> = {
  contract: 'goods',
  name: 'body',
  schema: any,
  visibility: { parties: () => [], as: (_record, [lot = '']) => [lot] },
};
const prices: Table<Row> = {
  contract: 'goods',
  name: 'price',
  schema: any,
  visibility: { anyone: ({ state }) => state === 'FINAL' },
};
const tables = [goods, lots, counters, terms, bodies, prices, parties, views];
const registry: BackendRegistry = {
  contracts: new Map(),
  tables: new Map(
    tables.map((table) => [`${table.contract}/${table.name}`, table as unknown as Table<never>]),
  ),
};

let rows: Map<string, Row>;
beforeEach(() => {
  rows = new Map();
});

function put(table: { contract: string; name: string }, parts: string[], record: Row): RecordPlace {
  rows.set([table.contract, table.name, ...parts].join('/'), record);
  return { table: table as Table<unknown>, parts, record };
}

const view: QueryReader = {
  height: 9,
  timeMs: 1_000,
  get: async <T>(table: Table<T>, ...parts: string[]) => {
    return rows.get([table.contract, table.name, ...parts].join('/')) as T | undefined;
  },
  list: async <T>(table: Table<T>, { index }: Parameters<QueryReader['list']>[1]) => {
    const prefix = `${table.contract}/${table.name}/`;
    return [...rows]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, record]) => ({ id: key.slice(prefix.length), record: record as T }))
      .filter(({ record }) => {
        return index === undefined || table.indexes?.[index.name]?.(record).includes(index.value);
      });
  },
};

function as(party: string, ...roles: string[]): Reader {
  return { ...anonymousReader, party: party as PartyId, roles: new Set(roles), how: 'session' };
}

function seen(reader: Reader, place: RecordPlace): Promise<Sight> {
  return sightOf(registry, view, reader, place);
}

describe('who sees a record (domain section 6)', () => {
  it('a party sees what names it, nobody else does, and nobody without a login', async () => {
    const place = put(goods, ['wr_1'], {
      holder: 'dev:bank',
      terms: { lender: 'dev:lender' },
      lot: 'lt_1',
      parents: [],
    });
    expect(await seen(as('dev:bank'), place)).toBe('own');
    expect(await seen(as('dev:lender'), place)).toBe('own');
    expect(await seen(as('dev:stranger'), place)).toBe('hidden');
    expect(await seen(anonymousReader, place)).toBe('hidden');
  });

  it('a record that its table opens is for anyone while it is of that form', async () => {
    const final = put(prices, ['brent'], { state: 'FINAL', oracle: 'dev:oracle' });
    const open = put(prices, ['wti'], { state: 'OPEN', oracle: 'dev:oracle' });
    expect(await seen(anonymousReader, final)).toBe('anyone');
    expect(await seen(anonymousReader, open)).toBe('hidden');
    expect(await seen(as('dev:oracle'), open)).toBe('own');
  });

  it('declared parties replace the default: being named elsewhere opens nothing', async () => {
    const place = put(terms, ['wr_1'], { lender: 'dev:bank', debtor: 'dev:core' });
    expect(await seen(as('dev:bank'), place)).toBe('own');
    expect(await seen(as('dev:core'), place)).toBe('hidden');
  });

  it('a holder sees the chain of origin: parents of a receipt, its lot, what hangs on that', async () => {
    const lot = put(lots, ['lt_1'], { warehouse: 'dev:keeper' });
    const parent = put(goods, ['wr_1'], { lot: 'lt_1', parents: [], holder: 'dev:former' });
    put(goods, ['wr_2'], { lot: 'lt_1', parents: ['wr_1'], holder: 'dev:bank' });
    const sibling = put(goods, ['wr_3'], { lot: 'lt_1', parents: ['wr_1'], holder: 'dev:other' });
    const body = put(bodies, ['lt_1', '0'], { bytes: new Uint8Array([1]) });
    expect(await seen(as('dev:bank'), parent)).toBe('own');
    expect(await seen(as('dev:bank'), lot)).toBe('own');
    expect(await seen(as('dev:bank'), body)).toBe('own');
    expect(await seen(as('dev:bank'), sibling)).toBe('hidden');
    expect(await seen(as('dev:stranger'), lot)).toBe('hidden');
  });

  it('a record that names nobody goes by the object in its key', async () => {
    put(goods, ['wr_1'], { lot: 'lt_1', parents: [], holder: 'dev:bank' });
    const count = put(counters, ['wr_1'], { opened: 3 });
    expect(await seen(as('dev:bank'), count)).toBe('own');
    expect(await seen(as('dev:stranger'), count)).toBe('hidden');
  });

  it('a view shows an object while it runs and its giver may read it', async () => {
    const place = put(goods, ['wr_1'], { lot: 'lt_1', parents: [], holder: 'dev:bank' });
    const lot = put(lots, ['lt_1'], { warehouse: 'dev:keeper' });
    const given = { object: 'wr_1', reader: 'dev:guest', by: 'dev:bank', until: 2_000 };
    put(views, ['v1'], given);
    expect(await seen(as('dev:guest'), place)).toBe('shown');
    expect(await seen(as('dev:guest'), lot)).toBe('shown');
    put(views, ['v1'], { ...given, until: 1_000 });
    expect(await seen(as('dev:guest'), place)).toBe('hidden');
    put(views, ['v1'], { ...given, by: 'dev:stranger' });
    expect(await seen(as('dev:guest'), place)).toBe('hidden');
  });

  it('a REGULATOR sees all, a COURT what its order names, both as privileged reads', async () => {
    const place = put(goods, ['wr_1'], { lot: 'lt_1', parents: [], holder: 'dev:bank' });
    expect(await seen(as('dev:reg', 'REGULATOR'), place)).toBe('privileged');
    expect(await seen(as('dev:court', 'COURT'), place)).toBe('hidden');
    put(parties, ['dev:court'], { roles: ['COURT'] });
    const order = { hash: `sha256:${'0'.repeat(64)}`, mediaType: 'application/pdf' };
    const opened = { object: 'wr_1', reader: 'dev:court', by: 'dev:court', until: 2_000 };
    put(views, ['v1'], opened);
    expect(await seen(as('dev:court', 'COURT'), place)).toBe('hidden');
    put(views, ['v1'], { ...opened, order });
    expect(await seen(as('dev:court', 'COURT'), place)).toBe('privileged');
  });

  it('an AUDITOR beyond its own objects reads as privileged, its own as own', async () => {
    const own = put(goods, ['wr_1'], { lot: 'lt_1', parents: [], holder: 'dev:auditor' });
    const lot = put(lots, ['lt_1'], { warehouse: 'dev:keeper' });
    expect(await seen(as('dev:auditor', 'AUDITOR'), own)).toBe('own');
    expect(await seen(as('dev:auditor', 'AUDITOR'), lot)).toBe('privileged');
  });

  it('records that point at each other end the search', async () => {
    const a = put(goods, ['wr_1'], { lot: 'lt_1', parents: ['wr_2'] });
    put(goods, ['wr_2'], { lot: 'lt_1', parents: ['wr_1'] });
    expect(await seen(as('dev:stranger'), a)).toBe('hidden');
  });
});

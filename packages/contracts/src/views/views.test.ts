import { defined } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { liens } from '../lien/keys.js';
import { facilities } from '../pledge-facility/keys.js';
import {
  accepted,
  byLender,
  defaultWorld,
  draw,
  establishedWorld,
  opening,
  payAndDistribute,
  quote,
  revalue,
  saleOf,
  withReceipt,
} from '../pledge-facility/pledgeWorld.js';
import { invoices, similar } from '../purchase-order/keys.js';
import {
  confirmedClaim,
  financedClaim,
  matured,
  onClaim,
  toDay,
} from '../receivable/claimWorld.js';
import { claims, roots } from '../receivable/keys.js';
import type { World } from '../testkit.js';
import { lots, receipts } from '../warehouse-receipt/keys.js';
import { views } from './index.js';
import { reportText } from './reportText.js';
import { createViewStore } from './viewKit.js';

interface Answer {
  readonly items: readonly Readonly<Record<string, unknown>>[];
  readonly next?: string;
  readonly [name: string]: unknown;
}

interface Proved {
  readonly proofRef: readonly string[];
}

const HEIGHT_MS = 1_767_574_800_000;

async function view(reader: ReturnType<World['reader']>, name: string, params: object) {
  const handler = defined(views.get(name), `no view ${name}`);
  const parsed = handler.params.parse(params) as never;
  const { data, proofRef } = await handler.run(reader, parsed);
  const found: Answer & Proved = { ...(data as Answer), proofRef };
  return found;
}
const ask = (world: World, name: string, params: object) => view(world.reader(), name, params);

/** A root and its parts, split again and again: `width` children each, `size` claims in all. */
function claimTree(size: number, width: number) {
  const world = confirmedClaim();
  const root = world.must(claims, 'rv_1');
  const store = createViewStore(HEIGHT_MS);
  const id = (index: number) => (index === 0 ? 'rv_1' : `rv_t${String(index).padStart(5, '0')}`);
  for (let index = 0; index < size; index += 1) {
    const first = index * width + 1;
    const count = Math.max(0, Math.min(width, size - first));
    const children = Array.from({ length: count }, (_, one) => id(first + one));
    const parents = index === 0 ? [] : [id(Math.floor((index - 1) / width))];
    store.put(claims, [id(index)], { ...root, id: id(index), parents, children });
  }
  store.put(roots, ['rv_1'], world.must(roots, 'rv_1'));
  return store;
}

describe('penetrate', () => {
  it('walks a tree of 10,000 claims, each once, and reads nothing else', async () => {
    const store = claimTree(10_000, 8);
    const answer = await view(store.reader, 'penetrate', { root: 'rv_1', limit: 10_000 });
    expect(answer).toMatchObject({ nodes: 10_000, complete: true, root: 'rv_1' });
    expect(new Set(answer.items.map((item) => item.id)).size).toBe(10_000);
    expect(store.reads()).toBe(10_000);
  });

  it('gives the tree page by page, and the tiers asked for', async () => {
    const store = claimTree(100, 3);
    const first = await view(store.reader, 'penetrate', { root: 'rv_1', limit: 60 });
    const rest = await view(store.reader, 'penetrate', {
      root: 'rv_1',
      limit: 60,
      cursor: first.next,
    });
    expect([...first.items, ...rest.items]).toHaveLength(100);
    expect(rest.next).toBeUndefined();
    const near = await view(store.reader, 'penetrate', { root: 'rv_1', depth: 1 });
    expect(near.items.map((item) => item.tier)).toEqual([0, 1, 1, 1]);
    expect(near.complete).toBe(false);
  });

  it('leads from the order to who financed the claim, and back up to the trade', async () => {
    const world = financedClaim();
    const down = await ask(world, 'penetrate', { root: 'po_1' });
    const path = down.items.map((item) => `${item.tier} ${item.id}`);
    expect(path.slice(0, 3)).toEqual(['0 po_1', '1 in_1', '2 rv_1']);
    expect(down.items[2]?.facts).toMatchObject({
      state: 'FINANCED',
      holder: world.id('lender'),
      financing: { lender: world.id('lender') },
    });
    const up = await ask(world, 'penetrate', { root: 'rv_1', direction: 'up' });
    expect(up.items.map((item) => item.id)).toEqual(['rv_1', 'in_1', 'po_1']);
    expect(up.proofRef).toContain('receivable/claim/rv_1');
  });

  it('leads from a lot to its receipts and the facility that they secure', async () => {
    const world = establishedWorld();
    const down = await ask(world, 'penetrate', { root: 'lt_oil' });
    expect(down.items.map((item) => item.id)).toEqual(['lt_oil', 'wr_oil', 'pl_oil']);
    const up = await ask(world, 'penetrate', { root: 'pl_oil', direction: 'up' });
    expect(up.items.map((item) => item.id)).toEqual(['pl_oil', 'wr_oil', 'lt_oil']);
  });

  it('names what is hidden or missing without its facts', async () => {
    const answer = await ask(establishedWorld(), 'penetrate', { root: 'rv_none' });
    expect(answer.items).toEqual([{ id: 'rv_none', tier: 0, from: null, facts: null }]);
  });
});

describe('exposure', () => {
  it('of a borrower: direct, secured and undrawn, by product', async () => {
    const world = establishedWorld();
    accepted(draw(world, 400_000_000n));
    const answer = await ask(world, 'exposureByBorrower', { party: world.id('holder') });
    const rows = answer.items.map((row) => `${row.product} ${row.kind} ${row.minor}`);
    expect(rows).toEqual([
      'inventory_pledge contingent 100000000',
      'inventory_pledge direct 400000000',
      'inventory_pledge secured 400000000',
    ]);
    expect(answer.complete).toBe(true);
  });

  it('of a group: the affiliates’ debts count', async () => {
    const world = establishedWorld();
    accepted(draw(world, 400_000_000n));
    const evidence = { hash: `sha256:${'ab'.repeat(32)}`, mediaType: 'application/pdf' };
    const relation = { id: world.id('buyer'), other: world.id('holder'), kind: 'common_control' };
    accepted(
      world.submit('buyer', 'party-registry', 'declare_affiliation', { ...relation, evidence }),
    );
    const whole = await ask(world, 'exposureByBorrower', { party: world.id('buyer') });
    expect(whole.items).toHaveLength(3);
    expect(whole.items.every((row) => row.isAffiliate === true)).toBe(true);
    const alone = await ask(world, 'exposureByBorrower', { party: world.id('buyer'), group: '0' });
    expect(alone.items).toEqual([]);
  });

  it('of a core enterprise: confirmed, financed, by month and by creditor', async () => {
    const world = financedClaim();
    const answer = await ask(world, 'exposureByCoreEnterprise', { core: world.id('buyer') });
    const { face } = world.must(claims, 'rv_1');
    expect(answer.totals).toEqual([
      { currency: 'CNY', what: 'confirmed', minor: face.minor, count: 1 },
      { currency: 'CNY', what: 'financed', minor: face.minor, count: 1 },
    ]);
    expect(answer.items).toMatchObject([{ holder: world.id('lender'), shareBps: 10_000 }]);
    expect(answer.dueByMonth).toMatchObject([{ currency: 'CNY', minor: face.minor }]);
  });
});

describe('facilities', () => {
  it('ltvBreaches: the largest shortfall first', async () => {
    const world = establishedWorld();
    accepted(draw(world, 428_904_000n));
    const none = await ask(world, 'ltvBreaches', {});
    expect(none.items).toEqual([]);
    quote(world, 4_700n);
    accepted(revalue(world));
    const facility = world.must(facilities, 'pl_oil');
    const wider = { ...facility, id: 'pl_wide', cureToBps: 1_000 };
    world.plant(facilities, ['pl_wide'], wider);
    const { items } = await ask(world, 'ltvBreaches', { line: 'warning' });
    expect(items.map((item) => item.facility)).toEqual(['pl_wide', 'pl_oil']);
    const V = 120_000n * 4_700n;
    expect(items[1]).toMatchObject({
      debtMinor: 428_904_000n,
      valueMinor: V,
      shortfallMinor: 428_904_000n - (V * 6_000n) / 10_000n,
    });
    expect((await ask(world, 'ltvBreaches', { line: 'disposal' })).items).toEqual([]);
  });

  it('waterfall: the lines of an enforcement add up to its proceeds', async () => {
    const world = defaultWorld({ rateBps: 0 });
    accepted(byLender(world, 'open_enforcement', opening()));
    accepted(byLender(world, 'record_sale', saleOf(world, 500_000_000n)));
    const before = await ask(world, 'waterfall', { case: 'pl_oil' });
    expect(before).toMatchObject({ items: [], case: { salesWaiting: 1 } });
    accepted(payAndDistribute(world, 500_000_000n));
    const { items, proofRef } = await ask(world, 'waterfall', { case: 'pl_oil' });
    const sum = items.reduce((total, line) => total + (line.amountMinor as bigint), 0n);
    expect(sum).toBe(500_000_000n);
    expect(items.map((line) => line.part)).toEqual(['principal', 'surplus']);
    expect(proofRef).toContain('pledge-facility/distribution/pl_oil/0001');
  });

  it('encumbrances: the liens in order of right with their articles, or the proof of none', async () => {
    const world = establishedWorld();
    const ranked = await ask(world, 'encumbrances', { asset: 'wr_oil' });
    const lien = world.must(receipts, 'wr_oil').lien;
    expect(ranked.items).toMatchObject([{ rank: 1, lien, articles: ['415', 'Interp. 59'] }]);
    expect(world.must(liens, lien ?? '').debtRef).toBe('pl_oil');
    withReceipt(world, 'wr_free', 'lt_oil', 10n);
    const free = await ask(world, 'encumbrances', { asset: 'wr_free' });
    expect(free).toMatchObject({ items: [], free: true });
    expect(free.proofRef).toEqual(expect.arrayContaining(['lien/onAsset/wr_free']));
  });
});

describe('what is due', () => {
  it('maturityLadder: a claim stands on both sides, in its bucket', async () => {
    const world = confirmedClaim();
    const { face } = world.must(claims, 'rv_1');
    const owed = await ask(world, 'maturityLadder', { party: world.id('buyer') });
    expect(owed.items).toContainEqual({
      bucket: 'to_60',
      currency: 'CNY',
      side: 'payable',
      kind: 'claim',
      minor: face.minor,
      count: 1,
    });
    const due = await ask(world, 'maturityLadder', { party: world.id('seller'), buckets: '1,2' });
    expect(due.items).toContainEqual(
      expect.objectContaining({ bucket: 'later', side: 'receivable', kind: 'claim' }),
    );
  });

  it('overdueSme: only debts to small enterprises, by days late', async () => {
    const world = matured(confirmedClaim({ size: { seller: 'small' } }));
    const { maturity } = world.must(claims, 'rv_1');
    toDay(world, maturity + 31);
    const late = await ask(world, 'overdueSme', { days: '30' });
    expect(late.items).toMatchObject([
      { debtor: world.id('buyer'), creditor: world.id('seller'), daysLate: 31 },
    ]);
    expect((await ask(world, 'overdueSme', { days: '31' })).items).toEqual([]);
    const large = matured(confirmedClaim({ size: { seller: 'large' } }));
    toDay(large, maturity + 31);
    expect((await ask(large, 'overdueSme', { days: '30' })).items).toEqual([]);
  });

  it('vouchersOverTerm: by months from the day of issue, with the reason', async () => {
    const world = confirmedClaim();
    const root = world.must(roots, 'rv_1');
    const claim = world.must(claims, 'rv_1');
    expect((await ask(world, 'vouchersOverTerm', {})).items).toEqual([]);
    const long = { ...root, maturity: root.issuedDay + 200, longTermReason: 'long works' };
    world.plant(roots, ['rv_1'], long);
    world.plant(claims, ['rv_1'], { ...claim, flags: ['term_over_six_months'] });
    const six = await ask(world, 'vouchersOverTerm', { months: '6' });
    expect(six.items).toMatchObject([{ claim: 'rv_1', reason: 'long works' }]);
    expect((await ask(world, 'vouchersOverTerm', { months: '12' })).items).toEqual([]);
  });
});

describe('goods and papers', () => {
  it('inventoryReconcile: book, receipts and what differs', async () => {
    const world = establishedWorld();
    const params = { warehouse: world.id('keeper') };
    const even = await ask(world, 'inventoryReconcile', params);
    expect(even.items).toMatchObject([
      { lot: 'lt_oil', bookValue: 240_000n, receiptsValue: 120_000n, differences: [] },
    ]);
    const lot = world.must(lots, 'lt_oil');
    const receipted = { ...lot.receipted, value: 300_000n };
    world.plant(lots, ['lt_oil'], { ...lot, receipted, state: 'SHORT' });
    const odd = await ask(world, 'inventoryReconcile', params);
    expect(odd.items[0]?.differences).toEqual([
      'receipts_differ_from_sum',
      'receipted_exceeds_on_hand',
      'stocktake_short',
    ]);
  });

  it('evidencePack: a facility with goods, lien, price and store behind it', async () => {
    const pack = await ask(establishedWorld(), 'evidencePack', { object: 'pl_oil' });
    const keys = pack.items.map((item) => String(item.key).split('/').slice(0, 2).join('/'));
    for (const table of [
      'pledge-facility/facility',
      'warehouse-receipt/receipt',
      'warehouse-receipt/lot',
      'lien/onAsset',
      'lien/lien',
      'price-feed/feed',
      'price-feed/round',
    ]) {
      expect(keys).toContain(table);
    }
    expect(pack.proofRef).toEqual(pack.items.map((item) => item.key));
    expect(pack.complete).toBe(true);
  });

  it('evidencePack: a part of a claim leads to the trade, not to its sisters', async () => {
    const world = confirmedClaim();
    const { face } = world.must(claims, 'rv_1');
    const half = face.minor / 2n;
    const parts = [
      { id: 'rv_a', minor: half },
      { id: 'rv_b', minor: face.minor - half },
    ];
    accepted(onClaim(world, 'seller', 'split', { parts }));
    const { subjects } = await ask(world, 'evidencePack', { object: 'rv_a' });
    expect(subjects).toEqual(expect.arrayContaining(['rv_a', 'rv_1', 'in_1', 'po_1']));
    expect(subjects).not.toContain('rv_b');
  });
});

describe('duplicateFinanceCandidates', () => {
  it('names the pair and in what it is alike', async () => {
    const world = confirmedClaim();
    const first = world.must(invoices, 'in_1');
    const twin = { ...first, id: 'in_2', code: '044001900112' };
    world.plant(invoices, ['in_2'], { ...twin, flags: ['DUPLICATE_FINGERPRINT'] });
    const all = await ask(world, 'duplicateFinanceCandidates', {});
    expect(all.items).toMatchObject([
      { invoice: 'in_2', like: [{ invoice: 'in_1', kinds: ['number', 'amount_day'] }] },
    ]);
    const party = await ask(world, 'duplicateFinanceCandidates', { party: world.id('seller') });
    expect(party.items).toEqual(all.items);
    const none = await ask(world, 'duplicateFinanceCandidates', { party: world.id('lender') });
    expect(none.items).toEqual([]);
  });

  it('finds what stands under a partial fingerprint', async () => {
    const world = confirmedClaim();
    const fingerprint = `sha256:${'cd'.repeat(32)}`;
    world.plant(similar, ['number', fingerprint], { invoices: ['in_1'], count: 1 });
    const found = await ask(world, 'duplicateFinanceCandidates', { fingerprint });
    expect(found.items).toEqual([{ kind: 'number', invoices: ['in_1'], count: 1 }]);
  });
});

describe('pages', () => {
  it('end where nothing is left, and go on from their cursor', async () => {
    const world = establishedWorld();
    for (const id of ['lt_b', 'lt_c', 'lt_d']) {
      world.plant(lots, [id], { ...world.must(lots, 'lt_oil'), id });
    }
    const params = { warehouse: world.id('keeper'), limit: 2 };
    const seen: unknown[] = [];
    let cursor: string | undefined;
    do {
      const page = await ask(world, 'inventoryReconcile', { ...params, cursor });
      seen.push(...page.items.map((item) => item.lot));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(seen).toEqual(['lt_b', 'lt_c', 'lt_d', 'lt_oil']);
  });

  it('refuse parameters that are none', () => {
    const wrong: readonly [string, object][] = [
      ['penetrate', { root: 'xx_1' }],
      ['penetrate', { root: 'rv_1', depth: 65 }],
      ['penetrate', { root: 'rv_1', limit: 10_001 }],
      ['penetrate', { root: 'rv_1', cursor: '-1' }],
      ['maturityLadder', { party: 'uscc:TEST-a', buckets: '30,,60' }],
      ['maturityLadder', { party: 'nobody' }],
      ['vouchersOverTerm', { months: '7' }],
      ['overdueSme', { days: -1 }],
      ['waterfall', { case: 'wr_1' }],
      ['evidencePack', { object: 'po_1' }],
      ['evidencePack', { object: 'wr_1', limit: 65 }],
      ['encumbrances', { asset: 'uscc:TEST-a' }],
      ['ltvBreaches', { line: 'none' }],
      ['reportExport', { report: 'evidencePack' }],
      ['reportExport', { report: 'ltvBreaches', format: 'xlsx' }],
      ['exposureByBorrower', { party: 'uscc:TEST-a', more: 1 }],
    ];
    for (const [name, params] of wrong) {
      const { params: schema } = defined(views.get(name), name);
      expect(schema.safeParse(params).success, `${name} ${JSON.stringify(params)}`).toBe(false);
    }
  });
});

describe('reportExport', () => {
  it('is the same bytes each time, members in the order of their names', async () => {
    const world = establishedWorld();
    accepted(draw(world, 428_904_000n));
    quote(world, 4_000n);
    accepted(revalue(world));
    const csv = await ask(world, 'reportExport', { report: 'ltvBreaches', format: 'csv' });
    const lines = String(csv.text).split('\r\n');
    const columns = 'currency,deadline,debtMinor,facility,lender,line,pledgor,shortfallMinor';
    expect(lines[0]).toBe(`${columns},state,valueMinor,valuedAt`);
    expect(lines[1]).toMatch(/^USD,[0-9]+,428904000,pl_oil,/);
    expect(csv).toMatchObject({ rows: 1, complete: true, mediaType: 'text/csv; charset=utf-8' });
    const again = await ask(world, 'reportExport', { report: 'ltvBreaches', format: 'csv' });
    expect(again.text).toBe(csv.text);
    const json = await ask(world, 'reportExport', { report: 'ltvBreaches', format: 'json' });
    const [row] = JSON.parse(String(json.text));
    expect(Object.keys(row)).toEqual(Object.keys(row).sort());
    expect(row.debtMinor).toBe('428904000');
  });

  it('goes through all pages, and says when parameters do not fit', async () => {
    const world = establishedWorld();
    for (let index = 0; index < 60; index += 1) {
      const id = `lt_x${String(index).padStart(2, '0')}`;
      world.plant(lots, [id], { ...world.must(lots, 'lt_oil'), id });
    }
    const report = { report: 'inventoryReconcile', warehouse: world.id('keeper') };
    expect(await ask(world, 'reportExport', report)).toMatchObject({ rows: 61 });
    const wrong = await ask(world, 'reportExport', { report: 'inventoryReconcile' });
    expect(wrong).toMatchObject({ problem: 'params_are_invalid' });
  });

  it('quotes what CSV needs, and disarms what a spreadsheet would run', () => {
    const rows = [
      { a: 'x,y', b: 'say "so"', c: '=1+1', d: -5n, e: [1n, null], f: { g: true } },
      { a: 'line\nbreak', f: { h: undefined } },
    ];
    const first = `"x,y","say ""so""",'=1+1,-5,"[""1"",null]",true,\r\n`;
    const second = '"line\nbreak",,,,,,\r\n';
    expect(reportText(rows, 'csv')).toBe(`a,b,c,d,e,f.g,f.h\r\n${first}${second}`);
    const json = reportText([{ b: 1n, a: { d: 'x', c: undefined } }], 'json');
    expect(json).toBe('[{"a":{"d":"x"},"b":"1"}]\n');
    expect(reportText([], 'csv')).toBe('\r\n');
  });
});

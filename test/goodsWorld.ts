import { allContracts, lien } from '@triflow/contracts';
import { type Lien, liens, receipts } from '@triflow/contracts/schemas';
import { given, type Outcome, type World } from '@triflow/contracts/testkit';
import { type CborMap, dayFromTime } from '@triflow/protocol';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;
export const ref = { hash: `sha256:${'ab'.repeat(32)}`, mediaType: 'application/pdf' } as const;

type Parameters = Readonly<Record<string, Readonly<Record<string, string | number>>>>;

/** A chain with a keeper, two holders, three lenders, a supervisor, the register and a court. */
export function goodsWorld(parameters: Parameters = {}): World {
  return given({
    contracts: allContracts,
    parameters,
    parties: {
      governor: ['GOVERNOR'],
      keeper: ['WAREHOUSE'],
      keeper2: ['WAREHOUSE'],
      holder: ['SUPPLIER'],
      buyer: ['BUYER'],
      bank: ['LENDER'],
      bank2: ['LENDER'],
      bank3: ['LENDER'],
      supervisor: ['SUPERVISOR'],
      registry: ['REGISTRY'],
      oracle1: ['ORACLE'],
      oracle2: ['ORACLE'],
      oracle3: ['ORACLE'],
      court: ['COURT'],
      regulator: ['REGULATOR'],
    },
  });
}

/** Fails the case where a step that prepares it is refused. */
export function accepted(outcome: Outcome): Outcome {
  if (outcome.number !== 0) throw new TypeError(`refused: ${outcome.contract}/${outcome.code}`);
  return outcome;
}

export function tons(value: bigint): { value: bigint; unit: string; scale: number } {
  return { value, unit: 'TNE', scale: 0 };
}

export function yuan(minor: bigint): { minor: bigint; currency: string } {
  return { minor, currency: 'CNY' };
}

/** A digest that differs for each text. */
export function digestOf(text: string): string {
  const hex = [...text].map((char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  return `sha256:${hex.padStart(64, '0').slice(-64)}`;
}

/** Goods in a lot of the keeper, owned by the holder. */
export function store(world: World, id: string, value: bigint, extra: CborMap = {}): void {
  const ware = { sku: 'STEEL', grade: 'Q235', unit: 'TNE', scale: 0, lossStandardBps: 30 };
  const terms = { id, owner: world.id('holder'), mode: 'commingled', ...ware, ...extra };
  accepted(world.submit('keeper', 'warehouse-receipt', 'create_lot', terms));
  const goods = { id, quantity: tons(value), slots: [], weighing: digestOf(`in ${id}`) };
  accepted(world.submit('keeper', 'warehouse-receipt', 'gate_in', goods));
}

/** The eight items of 909, complete. */
export function eightItems(world: World, days = 100): CborMap {
  const today = dayFromTime(world.nowMs());
  const kind = { variety: 'steel', quality: 'Q235', packaging: 'coils', pieces: 0, marks: 'none' };
  return {
    depositor: { name: 'Holder', address: 'Ningbo' },
    goods: kind,
    lossStandardBps: 30,
    place: 'Hall 1',
    storagePeriod: { from: today, to: today + days },
    fee: { amount: yuan(100n), terms: 'monthly' },
    insurance: { insured: false },
    placeOfIssue: 'Ningbo',
  };
}

/** What the keeper would issue. */
export function issueOf(world: World, id: string, lot: string, value: bigint): CborMap {
  const terms = { id, lot, holder: world.id('holder'), quantity: tons(value) };
  return { ...terms, items: eightItems(world), inspection: ref };
}

export function issue(world: World, id: string, lot: string, value: bigint): void {
  const params = issueOf(world, id, lot, value);
  accepted(world.submit('keeper', 'warehouse-receipt', 'issue', params));
}

/** A lien by agreement of owner and lender on a lot of the owner. */
export function charge(world: World, id: string, bank: string, extra: CborMap = {}): Outcome {
  const asset = { kind: 'lot', id: 'lt_1' };
  const sum = { securedMax: yuan(1_000n), debtRef: `po_${id.slice(3)}` };
  const clauses = { titlePassesOnDefault: false, junior: false };
  const params = { id, asset, class: 'MORTGAGE', holder: world.id(bank), ...sum, ...clauses };
  return world.agree(['holder', bank], 'lien', 'create', { ...params, ...extra });
}

/** Its filing in the register, now or at a moment that is past. */
export function register(
  world: World,
  id: string,
  days = 1_000,
  registeredAt = world.nowMs(),
): void {
  const registryValidTo = dayFromTime(registeredAt) + days;
  const number = `N-${id.replaceAll('_', '-')}`;
  const filed = { kind: 'registration', registrationNo: number, registeredAt, registryValidTo };
  accepted(world.submit('registry', 'lien', 'record_publicity', { id, publicity: filed }));
}

/** A lien made outside, as the court reports it. */
export function report(world: World, id: string, extra: CborMap): Outcome {
  return world.submit('court', 'lien', 'report_external', {
    id,
    asset: { kind: 'lot', id: 'lt_1' },
    class: 'MORTGAGE',
    grantor: extra.grantor ?? world.id('holder'),
    holder: `uscc:${id.slice(3)}`,
    securedMax: yuan(1_000n),
    debtRef: 'po_outside',
    publicity: {},
    evidence: ref,
    ...extra,
  });
}

export interface RankAnswer {
  readonly groups: readonly { lienIds: string[]; sharing: string; articles: string[] }[];
  readonly excluded: readonly { lien: string; reason: string; articles: string[] }[];
  readonly flags: readonly { flag: string }[];
}

/** The order of right over an asset, as the API answers. */
export async function rankOf(world: World, asset: string): Promise<RankAnswer> {
  const query = lien.queries.get('rank');
  if (query === undefined) throw new TypeError('no query rank');
  const { data } = await query.run(world.reader(), { asset } as never);
  return data as RankAnswer;
}

/** The groups of an order, by ids. */
export async function orderOf(world: World, asset = 'lt_1'): Promise<readonly string[][]> {
  return (await rankOf(world, asset)).groups.map(({ lienIds }) => lienIds);
}

/** A facility of `bank` for the holder, signed by all three, on an asset. */
export function facility(world: World, asset: string, extra: CborMap = {}): void {
  const oracles = ['oracle1', 'oracle2', 'oracle3'].map((alias) => world.id(alias));
  const windows = { windowMs: HOUR_MS, staleAfterMs: 2 * DAY_MS };
  const feed = { sku: 'STEEL', currency: 'CNY', unit: 'TNE', scale: 0, oracles, quorum: 2 };
  const moves = { maxMoveBps: 10_000, confirmWithinBps: 500 };
  const created = { id: 'pf_steel', ...feed, ...windows, ...moves };
  accepted(world.submit('governor', 'price-feed', 'create_feed', created));
  const item = { asset, feed: 'pf_steel', haircutBps: 0, insuranceRequired: false };
  const lines = { initialLtvBps: 6_000, warningBps: 6_500, marginCallBps: 7_500 };
  const terms = {
    id: 'pl_1',
    lender: world.id('bank'),
    kind: 'static',
    limit: yuan(500_000n),
    ...lines,
    disposalBps: 8_500,
    cureToBps: 6_000,
    cureMs: 2 * DAY_MS,
    maturity: dayFromTime(world.nowMs()) + 360,
    rateBps: 600,
    dayCount: 360,
    privateSaleAgreed: true,
    defaultEvents: ['insolvency'],
    items: [{ ...item, verifiedWithinMs: 366 * DAY_MS }],
    titlePassesOnDefault: false,
    stocktakeRequired: false,
    devicesRequired: false,
    ...extra,
  };
  accepted(world.agree(['holder', 'bank'], 'pledge-facility', 'apply', terms));
  const supervisor = world.id('supervisor');
  const engaged = { id: 'pl_1', expectedVersion: 1, supervisor, engagedBy: world.id('bank') };
  const signers = ['bank', 'holder', 'supervisor'];
  const agreement = { ...engaged, agreement: ref };
  accepted(world.agree(signers, 'pledge-facility', 'sign_agreement', agreement));
}

/** Endorses a receipt in pledge to the facility; gives the outcome of the last signature. */
export function pledge(world: World, id: string): Outcome {
  const { version } = world.must(receipts, id);
  const params = { id, expectedVersion: version, facility: 'pl_1', affiliationAccepted: false };
  return world.agree(['holder', 'bank', 'keeper'], 'warehouse-receipt', 'pledge', params);
}

export function lienOf(world: World, id: string): Lien {
  return world.must(liens, id);
}

import { type CborMap, compareText, defined } from '@triflow/protocol';
import fc from 'fast-check';
import { obligations, proofs } from '../payment/keys.js';
import { hashOf } from '../payment/paymentWorld.js';
import { invoices, orders } from '../purchase-order/keys.js';
import {
  deliver,
  invoice,
  issue as issueOrder,
  onInvoice,
  submit as orderStep,
  prepare,
} from '../purchase-order/orderWorld.js';
import type { RandomCommand, RandomStep } from '../runSteps.js';
import { pendingsOf, type World } from '../testkit.js';
import {
  agreeOn,
  CLAUSE,
  claimWorld,
  DAY_MS,
  financeTerms,
  grant,
  issueClaim,
  onClaim,
  pay,
  register,
  today,
  tradeBetween,
} from './claimWorld.js';
import { claims } from './keys.js';
import { isUnconsumed } from './lifecycle.js';
import type { Claim, ClaimState } from './schema.js';

/** Numbers from which a step chooses its command, signer, object and amounts. */
interface Choice {
  readonly kind: keyof typeof steps;
  /** Below 0: whose command it is; else anybody. */
  readonly who: number;
  readonly pick: number;
  readonly value: number;
  readonly waitDays: number;
}

type Proposed = readonly [alias: string, name: string, params: CborMap, contract?: string];
type Step = (world: World, choice: Choice) => Proposed | undefined;

const ALIASES = [
  'buyer',
  'seller',
  'other',
  'third',
  'lender',
  'lender2',
  'bank',
  'registry',
  'court',
] as const;
/** Who buys from whom: the ways on which claims are handed on. */
const TRADES = [
  ['seller', 'other'],
  ['other', 'third'],
  ['third', 'seller'],
  ['lender', 'lender2'],
  ['lender2', 'lender'],
] as const;

const steps = {
  issue: (world, { pick, value }) => [
    value % 3 === 0 ? 'buyer' : 'seller',
    'issue',
    {
      id: `rv_${world.records(claims).length}`,
      invoices: [{ invoice: `in_${(pick % 2) + 1}`, minor: BigInt(value * 500) }],
      maturity: today(world) + 1 + ((value * 7) % 50),
    },
  ],
  confirm: (world, choice) => onOne(world, choice, 'confirm', ['PROPOSED'], () => 'buyer'),
  flag: (world, choice) => {
    const found = chosen(world, choice, ['PROPOSED']);
    return found && ['other', 'flag_late_confirm', { id: found.id }];
  },
  cancel: (world, choice) => onOne(world, choice, 'cancel', ['ACTIVE', 'PROPOSED'], holderOf),
  split: (world, choice) => {
    const found = chosen(world, choice, ['ACTIVE']);
    if (found === undefined) return undefined;
    const part = (found.face.minor * BigInt(1 + (choice.value % 9))) / 10n;
    const rest = found.face.minor - part - (choice.value === 60 ? 1n : 0n);
    const count = world.records(claims).length;
    const parts = [part, rest].map((minor, index) => ({ id: `rv_${count + index}`, minor }));
    return [aliasOf(world, found.holder), 'split', { ...at(found), parts }];
  },
  transfer: (world, choice) => {
    const found = chosen(world, choice, ['ACTIVE', 'FINANCED', 'PLEDGED']);
    if (found === undefined) return undefined;
    const from = aliasOf(world, found.holder);
    const usual = TRADES.find(([buyer]) => buyer === from)?.[1] ?? 'other';
    const to = choice.value === 60 ? 'buyer' : usual;
    const tradeRef = world.read(orders, `po_${from}-${to}`)?.id;
    const lender = found.pledge?.lender;
    return [
      from,
      'transfer',
      {
        ...at(found),
        child: `rv_${world.records(claims).length}`,
        receiver: world.id(to),
        ...(tradeRef === undefined ? {} : { tradeRef }),
        ...(lender === undefined || choice.value % 7 === 0 ? {} : { lender }),
      },
    ];
  },
  finance: (world, choice) => {
    const found = chosen(world, choice, ['ACTIVE', 'PLEDGED', 'FINANCED']);
    if (found === undefined) return undefined;
    const advance = { minor: (found.face.minor * BigInt(choice.value)) / 70n, currency: 'CNY' };
    const terms = financeTerms({ advance, recourse: choice.value % 2 === 0 });
    return [choice.pick % 2 === 0 ? 'lender' : 'lender2', 'finance', { ...at(found), ...terms }];
  },
  register: (world, choice) => {
    const found = chosen(world, choice, ['FINANCE_PENDING', 'PLEDGE_PENDING']);
    return (
      found && [
        'registry',
        'record_registration',
        {
          id: found.id,
          registrationNo: `R${choice.value % 40}`,
          registeredAt: world.nowMs(),
          registryValidTo: today(world) + 365,
        },
      ]
    );
  },
  disburse: (world, choice) => {
    const financing = chosen(world, choice, ['FINANCE_PENDING'])?.financing;
    if (financing === undefined) return undefined;
    return proof(world, financing.lender, financing.assignor, financing.advance.minor);
  },
  complete: (world, choice) => {
    const found = chosen(world, choice, ['FINANCE_PENDING']);
    if (found?.financing === undefined) return undefined;
    const { lender, assignor } = found.financing;
    const fits = world
      .records(proofs)
      .filter((one) => one.payer === lender && one.payee === assignor);
    const params = { ...at(found), proof: fits.at(-1)?.id ?? 'pp_none' };
    return [aliasOf(world, lender), 'complete_finance', params];
  },
  pledge: (world, choice) => {
    const found = chosen(world, choice, ['ACTIVE', 'PLEDGED']);
    if (found === undefined) return undefined;
    const lender = world.id(choice.pick % 2 === 0 ? 'lender' : 'lender2');
    const securedMax = { minor: BigInt(choice.value), currency: 'CNY' };
    return [aliasOf(world, found.holder), 'pledge', { ...at(found), lender, securedMax }];
  },
  abandon: (world, choice) => {
    const found = chosen(world, choice, ['FINANCE_PENDING', 'PLEDGE_PENDING']);
    if (found === undefined) return undefined;
    return [aliasOf(world, lenderOf(found)), 'abandon', { id: found.id }];
  },
  release: (world, choice) => onOne(world, choice, 'release', ['PLEDGED'], lenderOf),
  notify: (world, choice) => {
    const states = ['ACTIVE', 'FINANCED', 'PLEDGED', 'FINANCE_PENDING', 'MATURED'] as const;
    const found = chosen(world, choice, states);
    return found && [aliasOf(world, found.holder), 'notify_debtor', { id: found.id }];
  },
  acknowledge: (world, choice) => {
    const found = chosen(world, choice, ['ACTIVE', 'FINANCED', 'PLEDGED']);
    return found && ['buyer', 'acknowledge_notice', { id: found.id }];
  },
  mature: (world, choice) => {
    const found = chosen(world, choice, ['ACTIVE', 'FINANCED', 'PLEDGED']);
    return found && ['third', 'mature', { id: found.id }];
  },
  overdue: (world, choice) => onOne(world, choice, 'mark_overdue', ['MATURED'], holderOf),
  recourse: (world, choice) => {
    return onOne(world, choice, 'exercise_recourse', ['MATURED', 'OVERDUE'], holderOf);
  },
  completeRecourse: (world, choice) => {
    const found = chosen(world, choice, ['RECOURSE']);
    return found && ['third', 'complete_recourse', { id: found.id }];
  },
  redeem: (world, choice) => {
    const found = chosen(world, choice, ['MATURED', 'OVERDUE', 'RECOURSE']);
    return found && ['third', 'redeem', { id: found.id }];
  },
  pay: (world, { pick, value }) => {
    const open = world.records(obligations).filter((one) => one.state !== 'PAID');
    const debt = open[pick % Math.max(1, open.length)];
    if (debt === undefined) return undefined;
    const minor = value % 4 === 0 ? debt.amount.minor / 2n + 1n : debt.amount.minor * 2n;
    return proof(world, debt.debtor, debt.creditor, minor);
  },
  allocate: (world, { pick }) => {
    const free = world
      .records(proofs)
      .filter((one) => one.state === 'ACCEPTED' && one.uses.length === 0)
      .filter((one) => one.allocatedMinor < one.amount.minor);
    const found = free[pick % Math.max(1, free.length)];
    if (found === undefined) return undefined;
    const params = { id: found.id, expectedVersion: found.version };
    return [aliasOf(world, found.payer), 'allocate', params, 'payment'];
  },
  reverse: (world, { pick }) => {
    const all = world.records(proofs);
    const found = all[pick % Math.max(1, all.length)];
    const params = found && { id: found.id, expectedVersion: found.version };
    return params && ['bank', 'reverse_proof', params, 'payment'];
  },
  freeze: (world, choice) => {
    const found = chosen(world, choice, ['ACTIVE', 'FINANCED', 'TRANSFER_PENDING']);
    const until = world.nowMs() + DAY_MS;
    return found && ['court', 'freeze', { id: found.id, order: CLAUSE, until }];
  },
  unfreeze: (world, { pick }) => {
    const frozen = world.records(claims).filter((one) => one.frozen !== undefined);
    const found = frozen[pick % Math.max(1, frozen.length)];
    return found && ['court', 'unfreeze', { id: found.id, order: CLAUSE }];
  },
  knowledge: (world, choice) => {
    const found = chosen(world, choice, ['ACTIVE', 'FINANCED']);
    if (found === undefined) return undefined;
    return ['court', 'record_knowledge', { id: found.id, party: found.holder, order: CLAUSE }];
  },
  line: (world, { value }) => [
    'lender',
    'set_credit_line',
    { debtor: world.id('buyer'), limit: { minor: BigInt(value * 1_500), currency: 'CNY' } },
  ],
  onInvoice: (world, { pick, value }) => {
    const id = `in_${(pick % 2) + 1}`;
    const change = { id, expectedVersion: world.read(invoices, id)?.version ?? 1 };
    const minor = BigInt(value * 200);
    const choices: readonly Proposed[] = [
      ['buyer', 'dispute', { ...change, minor, reason: 'bent' }, 'purchase-order'],
      ['seller', 'credit_note', { ...change, number: 'CN', minor }, 'purchase-order'],
      ['buyer', 'confirm_invoice', change, 'purchase-order'],
    ];
    return choices[value % 3];
  },
  sign: (world, { pick, value }) => {
    const waiting = world.records(pendingsOf('receivable'));
    const found = waiting[pick % Math.max(1, waiting.length)];
    if (found === undefined) return undefined;
    const params = { id: found.id, pendingId: found.pendingId };
    const next = aliasOf(world, found.remaining[0] ?? found.opener);
    if (value < 4) return [next, 'reject', params];
    return value > 58 ? ['third', 'expire_pending', params] : [next, 'countersign', params];
  },
} as const satisfies Readonly<Record<string, Step>>;

/** Signatures and the way to redemption come more often than the rest. */
const KINDS = [
  ...(Object.keys(steps) as (keyof typeof steps)[]),
  ...(['issue', 'issue', 'confirm', 'confirm', 'split', 'transfer', 'transfer'] as const),
  ...(['finance', 'finance', 'pledge', 'register', 'disburse', 'complete', 'complete'] as const),
  ...(['mature', 'mature', 'pay', 'pay', 'allocate', 'allocate', 'redeem'] as const),
  ...(['overdue', 'recourse', 'sign', 'sign', 'sign', 'sign', 'sign', 'sign', 'sign'] as const),
];

/** Random commands by random parties, mostly by whom they belong to. */
export const stepArbitrary: fc.Arbitrary<RandomStep> = fc
  .record({
    kind: fc.constantFrom(...KINDS),
    who: fc.constantFrom(-1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8),
    pick: fc.nat(20),
    value: fc.integer({ min: 1, max: 60 }),
    waitDays: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 9),
  })
  .map(
    (choice): RandomStep =>
      (world) =>
        commandOf(world, choice),
  );

/**
 * Two matched invoices of the seller, one confirmed, with a voucher on each; trades to hand claims
 * on by; a line.
 */
export function walkWorld(): World {
  const world = claimWorld();
  const terms = { paymentTerm: { basis: 'delivery', days: 60 }, nonCashClause: CLAUSE };
  prepare(issueOrder(world, terms));
  prepare(orderStep(world, 'seller', 'accept_order', { id: 'po_1', expectedVersion: 1 }));
  deliver(world, 'dl_1', 100n);
  for (const [id, value] of [
    ['in_1', 60n],
    ['in_2', 40n],
  ] as const) {
    prepare(invoice(world, id, value));
    prepare(orderStep(world, 'other', 'match', { id }));
  }
  prepare(onInvoice(world, 'buyer', 'confirm_invoice'));
  for (const [buyer, seller] of TRADES) tradeBetween(world, `po_${buyer}-${seller}`, buyer, seller);
  prepare(grant(world, 90_000n));
  for (const [id, invoiceId, minor] of [
    ['rv_0', 'in_1', 30_000n],
    ['rv_1', 'in_2', 20_000n],
  ] as const) {
    const maturity = today(world) + 12;
    prepare(issueClaim(world, { id, invoices: [{ invoice: invoiceId, minor }], maturity }));
    prepare(onClaim(world, 'buyer', 'confirm', { id }));
  }
  return world;
}

/** The same with the second voucher sold to a lender, with recourse. */
export function financedWalkWorld(): World {
  const world = walkWorld();
  const id = 'rv_1';
  const advance = { minor: 15_000n, currency: 'CNY' };
  prepare(agreeOn(world, ['lender', 'seller'], 'finance', { id, ...financeTerms({ advance }) }));
  prepare(register(world, 'R-0', { id }));
  prepare(pay(world, 'pp_0', ['lender', 'seller'], advance.minor));
  prepare(onClaim(world, 'lender', 'complete_finance', { id, proof: 'pp_0' }));
  return world;
}

function commandOf(world: World, choice: Choice): RandomCommand | undefined {
  const from = KINDS.indexOf(choice.kind);
  const order = [choice.kind, ...KINDS.slice(from), ...KINDS];
  const step = order.find((kind) => (steps[kind] as Step)(world, choice) !== undefined);
  const proposed = step && (steps[step] as Step)(world, choice);
  if (proposed === undefined) return undefined;
  const [usual, name, params, contract = 'receivable'] = proposed;
  const alias = choice.who < 0 ? usual : defined(ALIASES[choice.who], 'an alias');
  return { alias, contract, name, params, waitMs: choice.waitDays * DAY_MS };
}

function onOne(
  world: World,
  choice: Choice,
  name: string,
  states: readonly ClaimState[],
  signer: (claim: Claim) => string,
): Proposed | undefined {
  const found = chosen(world, choice, states);
  if (found === undefined) return undefined;
  const alias = signer(found);
  const known = ALIASES.some((one) => one === alias);
  return [known ? alias : aliasOf(world, alias), name, at(found)];
}

function chosen(
  world: World,
  { pick, who }: Choice,
  states: readonly ClaimState[],
): Claim | undefined {
  const all = world.records(claims);
  const any = who >= 0 && pick % 3 === 0;
  const fits = all.filter(({ state }) => (any ? isUnconsumed(state) : states.includes(state)));
  const sorted = [...fits].sort((a, b) => compareText(a.id, b.id));
  return sorted[pick % Math.max(1, sorted.length)];
}

function at({ id, version }: Claim): { id: string; expectedVersion: number } {
  return { id, expectedVersion: version };
}

function holderOf(claim: Claim): string {
  return claim.holder;
}

function lenderOf(claim: Claim): string {
  return claim.financing?.lender ?? claim.pledge?.lender ?? claim.holder;
}

function aliasOf(world: World, party: string): string {
  return ALIASES.find((alias) => world.id(alias) === party) ?? 'other';
}

function proof(world: World, payer: string, payee: string, minor: bigint): Proposed {
  const id = `pp_${world.records(proofs).length}`;
  const params = {
    id,
    payerBank: world.id('bank'),
    payeeBank: world.id('bank2'),
    payer,
    payee,
    bankReference: id.slice(3),
    amount: { minor, currency: 'CNY' },
    valueDay: today(world),
    payerAccountHash: hashOf('a'),
    payeeAccountHash: hashOf('b'),
    messageHash: hashOf(id),
  };
  return ['bank', 'submit_proof', params, 'payment'];
}

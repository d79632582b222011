import { assert, type CborMap, isOk } from '@triflow/protocol';
import { allContracts } from '../registry.js';
import { given, type Outcome, type World } from '../testkit.js';
import { items, vaults } from './keys.js';

export const VAULT = 'ci_vault';
export const ORDER = 'po_1';
export const paper = { hash: `sha256:${'ab'.repeat(32)}`, mediaType: 'application/pdf' };

/** The persons behind the parties of these tests; `double` is the first keeper once more. */
export const persons = {
  keeper: '01',
  second: '02',
  third: '03',
  approver: '04',
  double: '01',
  boss: '02',
} as const;

/** A vault with its keeper, others who may sign there, an auditor, and an order to belong to. */
export function custodyWorld(): World {
  const world = given({
    contracts: allContracts,
    parties: {
      keeper: ['KEEPER'],
      second: ['KEEPER'],
      third: ['KEEPER'],
      double: ['KEEPER'],
      unknown: ['KEEPER', 'APPROVER'],
      approver: ['APPROVER'],
      boss: ['APPROVER'],
      auditor: ['AUDITOR'],
      auditor2: ['AUDITOR'],
      owner: ['SUPPLIER'],
      borrower: ['BUYER'],
      buyer: ['BUYER'],
      court: ['COURT'],
      regulator: ['REGULATOR'],
      lender: ['LENDER'],
      farm: ['FARM'],
    },
  });
  const terms = {
    id: VAULT,
    name: 'Vault',
    keeper: world.id('keeper'),
    auditor: world.id('auditor'),
  };
  must(world.agree(['approver', 'keeper', 'auditor'], 'custody-items', 'open_vault', terms));
  for (const [alias, digits] of Object.entries(persons)) {
    const person = { vault: VAULT, party: world.id(alias), personRef: personOf(digits) };
    must(world.submit('auditor', 'custody-items', 'enrol', person));
  }
  must(
    world.submit('buyer', 'purchase-order', 'issue_order', {
      id: ORDER,
      seller: world.id('owner'),
      currency: 'CNY',
      lines: [
        {
          lineNo: 1,
          sku: 'A',
          ordered: { value: 1n, unit: 'H87', scale: 0 },
          unitPrice: { value: 1n, currency: 'CNY', unit: 'H87', scale: 0 },
          taxBps: 0,
          overDeliveryBps: 0,
        },
      ],
      paymentTerm: { days: 30, basis: 'delivery' },
    }),
  );
  return world;
}

/** The digest that stands for a person. */
export function personOf(digits: string): string {
  return `sha256:${digits.repeat(32)}`;
}

/** Announces an item of the owner. */
export function register(
  world: World,
  id: string,
  changes: CborMap = {},
  alias = 'keeper',
): Outcome {
  return world.submit(alias, 'custody-items', 'register', {
    id,
    kind: 'title_deed',
    title: 'Deed 1',
    owner: world.id('owner'),
    vault: VAULT,
    rfid: rfidOf(id),
    linkedTo: ORDER,
    ...changes,
  });
}

/** The RFID tag of an item of these tests. */
export function rfidOf(id: string): string {
  const hex = [...id].map((char) => char.charCodeAt(0).toString(16)).join('');
  return hex.replace(/[a-f]/g, 'A').padStart(8, '0').slice(-16);
}

/** Keeper, second keeper and approver move an item at its version. */
export function move(
  world: World,
  name: string,
  id: string,
  params: CborMap = {},
  signers: readonly string[] = ['keeper', 'second', 'approver'],
): Outcome {
  const expectedVersion = world.read(items, id)?.version ?? 1;
  return world.agree(signers, 'custody-items', name, {
    id,
    expectedVersion,
    second: world.id('second'),
    approver: world.id('approver'),
    ...params,
  });
}

/** An item in a slot. */
export function stored(world: World, id: string, slot: string): void {
  must(register(world, id));
  must(move(world, 'put_in', id, { slot }));
}

/** Counts a vault whole, names what is missing, and has both sign; gives the count's number. */
export function stocktake(
  world: World,
  entries: readonly { readonly item: string; readonly slot: string; readonly damaged?: boolean }[],
  missing: readonly string[] = [],
  keeper = 'keeper',
): number {
  const send = (name: string, params: CborMap) =>
    must(world.submit(keeper, 'custody-items', name, { vault: VAULT, ...params }));
  send('open_stocktake', { blind: true });
  const number = world.must(vaults, VAULT).stocktakes;
  const found = entries.map((entry) => ({ damaged: false, ...entry }));
  if (found.length > 0) send('count', { entries: found });
  send('reconcile', { missing: [...missing] });
  const params = { vault: VAULT, stocktake: number };
  must(world.agree([keeper, 'auditor'], 'custody-items', 'sign', params));
  return number;
}

/** Stops a test whose ground is not laid. */
export function must(outcome: Outcome): Outcome {
  assert(isOk(outcome), `not accepted: ${outcome.code}`);
  return outcome;
}

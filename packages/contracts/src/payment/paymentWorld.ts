import { type CborMap, dayFromTime } from '@triflow/protocol';
import { z } from 'zod';
import { command, defineContract } from '../defineContract.js';
import { partyRegistry } from '../party-registry/index.js';
import { given, type Outcome, type World } from '../testkit.js';
import { payment } from './index.js';

const anyParams = z.record(z.string(), z.unknown());

/** A contract that passes a command of its own on to an internal one of payment's. */
function caller(name: string, internals: readonly string[]) {
  const commands = Object.fromEntries(
    internals.map((internal) => [
      internal,
      command({
        who: 'anyone',
        params: anyParams,
        verify: () => ({ contract: 'ledger', number: 0, code: 'success' }),
        execute: (context, params) => context.call('payment', internal, params as CborMap),
      }),
    ]),
  );
  return defineContract({ name, version: 1, tables: [], commands, statusCodes: {} });
}

/** Parties that owe and pay, two banks, and contracts that stand in for payment's callers. */
export function paymentWorld(): World {
  return given({
    contracts: [
      partyRegistry,
      payment,
      caller('purchase-order', ['record_obligation', 'adjust_obligation', 'meet_condition']),
      caller('pledge-facility', ['record_obligation', 'use_proof']),
    ],
    parties: {
      buyer: ['BUYER'],
      seller: ['SUPPLIER'],
      other: ['SUPPLIER'],
      bank: ['BANK'],
      bank2: ['BANK'],
      lender: ['LENDER'],
    },
  });
}

/** Opens an obligation of the buyer to the seller, due in some days. */
export function owe(world: World, id: string, minor: bigint, changes: CborMap = {}): Outcome {
  return world.submit('buyer', 'purchase-order', 'record_obligation', {
    id,
    debtor: world.id('buyer'),
    creditor: world.id('seller'),
    amount: { minor, currency: 'CNY' },
    due: dayFromTime(world.nowMs()) + 30,
    purpose: 'invoice',
    sourceRef: 'in_1',
    ...changes,
  });
}

/** A bank, or another party, proves a payment of the buyer to the seller. */
export function prove(
  world: World,
  id: string,
  minor: bigint,
  changes: CborMap = {},
  alias = 'bank',
): Outcome {
  return world.submit(alias, 'payment', 'submit_proof', {
    id,
    payerBank: world.id('bank'),
    payeeBank: world.id('bank2'),
    payer: changes.payer ?? world.id('buyer'),
    payee: changes.payee ?? world.id('seller'),
    bankReference: `REF-${id.slice(3)}`,
    amount: { minor, currency: 'CNY' },
    valueDay: dayFromTime(world.nowMs()),
    payerAccountHash: hashOf('a'),
    payeeAccountHash: hashOf('b'),
    messageHash: hashOf(id),
    ...changes,
  });
}

/** A digest that differs for each text. */
export function hashOf(text: string): string {
  const hex = [...text].map((char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join('');
  return `sha256:${hex.padStart(64, '0').slice(-64)}`;
}

import { type ContractName, contractSchemas } from '@triflow/contracts/schemas';
import { decodeTransaction } from '@triflow/protocol';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { ClientCore } from '../client/clientCore.js';
import { isTriflowError } from '../errors/triflowError.js';
import { createWorld } from '../testing/world.js';
import type { PreparedTransaction } from '../transactions/preparedTransaction.js';
import { alertActions } from './alerts/alertActions.js';
import { animalActions } from './animals/animalActions.js';
import { deliveryActions } from './deliveries/deliveryActions.js';
import { deviceActions } from './devices/deviceActions.js';
import { governanceActions } from './governance/governanceActions.js';
import { invoiceActions } from './invoices/invoiceActions.js';
import { itemActions } from './items/itemActions.js';
import { lienActions } from './liens/lienActions.js';
import { lotActions } from './lots/lotActions.js';
import { orderActions } from './orders/orderActions.js';
import { partyActions } from './parties/partyActions.js';
import { paymentActions } from './payments/paymentActions.js';
import { pledgeActions } from './pledges/pledgeActions.js';
import { priceActions } from './prices/priceActions.js';
import { receiptActions } from './receipts/receiptActions.js';
import { receivableActions } from './receivables/receivableActions.js';
import { ruleActions } from './rules/ruleActions.js';
import { traceActions } from './traces/traceActions.js';

const nouns: Readonly<Record<string, readonly object[]>> = {
  governance: [governanceActions],
  'party-registry': [partyActions],
  'purchase-order': [orderActions, deliveryActions, invoiceActions],
  'warehouse-receipt': [receiptActions, lotActions],
  lien: [lienActions],
  'pledge-facility': [pledgeActions],
  'price-feed': [priceActions],
  monitoring: [alertActions, deviceActions, ruleActions],
  payment: [paymentActions],
  trace: [traceActions],
  receivable: [receivableActions],
  livestock: [animalActions],
  'custody-items': [itemActions],
};

function camelCase(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

describe('actions', () => {
  it('there is one for every command of every contract, under its name', () => {
    const missing = Object.entries(contractSchemas).flatMap(([contract, { commands }]) => {
      const bound = nouns[contract]?.flatMap((actions) => Object.keys(actions)) ?? [];
      return Object.keys(commands)
        .filter((name) => !bound.includes(camelCase(name)))
        .map((name) => `${contract}.${name}`);
    });
    expect(missing).toEqual([]);
  });

  it('all are there under the contract’s name too, made from the schemas', async () => {
    const { client, clock } = createWorld();
    for (const [contract, { commands }] of Object.entries(contractSchemas)) {
      const bound = Object.keys(client.contracts[contract as ContractName]);
      expect(bound).toEqual(Object.keys(commands).map(camelCase));
    }
    const vote = await clock.run(client.contracts.governance.vote({ id: 'gp_1', yes: true }));
    const read = decodeTransaction(vote.bytes);
    expect(read.ok && read.value.commands[0]).toMatchObject({
      contract: 'governance',
      name: 'vote',
    });
  });

  it('each sends the command that it is named after', async () => {
    const { client, clock } = createWorld();
    const name = { id: 'wr_1', pendingId: 'split-1' };
    const tx = await clock.run(client.receipts.countersign(name));
    const read = decodeTransaction(tx.bytes);
    expect(read.ok && read.value.commands[0]).toEqual({
      contract: 'warehouse-receipt',
      name: 'countersign',
      params: name,
    });
  });

  it('each checks its parameters by its own command: a wrong one names that command', async () => {
    const { client, clock } = createWorld();
    const wrong: string[] = [];
    for (const [noun, actions] of Object.entries({ ...client })) {
      if (typeof actions !== 'object' || !nounsOfClient.includes(noun)) continue;
      for (const [name, run] of Object.entries(actions)) {
        if (readers.includes(name)) continue;
        const act = run as unknown as (params: unknown) => Promise<PreparedTransaction>;
        const message = await clock.run(act({ nothing: 1 }).then(String, messageOf));
        const said = /^[a-z-]+\.([a-z_]+): /.exec(message)?.[1] ?? '';
        if (camelCase(said) !== name) wrong.push(`${noun}.${name}: ${message}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('have the types of their commands', () => {
    type Draw = Parameters<typeof pledgeActions.draw>;
    expectTypeOf<Draw[0]>().toEqualTypeOf<ClientCore>();
    expectTypeOf<Draw[1]['amount']>().toEqualTypeOf<{ minor: bigint; currency: string }>();
    const { client } = createWorld();
    type Got = Awaited<ReturnType<typeof client.receipts.get>>;
    expectTypeOf<NonNullable<Got['data']>['quantity']['value']>().toEqualTypeOf<bigint>();
  });
});

const readers = [
  'get',
  'list',
  'waitFor',
  'find',
  'complete',
  'proveFree',
  'getPending',
  'getRound',
  'getCustody',
  'getUnit',
  'getTracedLot',
  'getAffiliations',
  'getKey',
  'getBatch',
];
const nounsOfClient = [
  'parties',
  'orders',
  'deliveries',
  'invoices',
  'lots',
  'receipts',
  'liens',
  'pledges',
  'prices',
  'alerts',
  'devices',
  'rules',
  'payments',
  'traces',
  'receivables',
];

function messageOf(error: unknown): string {
  return isTriflowError(error, 'REQUEST_INVALID') ? error.message : String(error);
}

import { sha256 } from '@triflow/crypto';
import { type Command, dayFromTime, hexFromBytes, utf8FromText } from '@triflow/protocol';
import type { Sender } from './benchGenesis.js';

/** A command that a sender can give any number of times, and what must be there before. */
export interface Workload {
  readonly name: string;
  readonly about: string;
  readonly setup: (sender: Sender) => readonly Command[];
  /** The command of a number that is used once. */
  readonly command: (sender: Sender, sequence: number) => Command;
  /** New state keys of one command. */
  readonly keysEach: number;
}

/** A weighbridge: reads and changes the sender's lot, adds the weighing, emits one event. */
const gateIn: Workload = {
  name: 'gate-in',
  about: 'warehouse-receipt.gate_in: one record changed, one added, one event',
  setup: (sender) => [
    {
      contract: 'warehouse-receipt',
      name: 'create_lot',
      params: {
        id: lotOf(sender),
        sku: 'FUEL-OIL-380',
        grade: '380 cSt',
        unit: 'KGM',
        scale: 0,
        mode: 'commingled',
        lossStandardBps: 20,
      },
    },
  ],
  command: (sender, sequence) => ({
    contract: 'warehouse-receipt',
    name: 'gate_in',
    params: {
      id: lotOf(sender),
      quantity: { value: 25_000, unit: 'KGM', scale: 0 },
      slots: [],
      weighing: digestOf(`weighing ${sender.party} ${sequence}`),
    },
  }),
  keysEach: 1,
};

/** A payee's back office: three records added, four parties read, one event. */
const payment: Workload = {
  name: 'payment',
  about: 'payment.submit_proof: three records added, one event',
  setup: () => [],
  command: (sender, sequence) => ({
    contract: 'payment',
    name: 'submit_proof',
    params: {
      id: `pp_${nameOf(sender)}-${sequence}`,
      payerBank: 'uscc:91420100TRFW00049U',
      payeeBank: 'uscc:91120100TRFW00057J',
      payer: 'uscc:91310115TRFW000221',
      payee: sender.party,
      bankReference: `${nameOf(sender)}-${sequence}`.toUpperCase(),
      amount: { minor: 428_904_000, currency: 'CNY' },
      valueDay: dayFromTime(Date.now()),
      payerAccountHash: digestOf('account of the payer'),
      payeeAccountHash: digestOf('account of the payee'),
      messageHash: digestOf(`message ${sender.party} ${sequence}`),
    },
  }),
  keysEach: 3,
};

export const workloads: ReadonlyMap<string, Workload> = new Map(
  [gateIn, payment].map((workload) => [workload.name, workload]),
);

/** The lot into which a sender's goods go. */
export function lotOf(sender: Sender): string {
  return `lt_${nameOf(sender)}`;
}

function nameOf({ party }: Sender): string {
  return party.slice(party.indexOf(':') + 1);
}

function digestOf(text: string): string {
  return `sha256:${hexFromBytes(sha256(utf8FromText(text)))}`;
}

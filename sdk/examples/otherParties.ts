import { createHash } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import {
  type Client,
  command,
  type PreparedTransaction,
  recordableEvent,
  TriflowError,
} from '@triflow/sdk';
import type { DevnetParty, OpenedDevnet } from '@triflow/sdk/devnet';

const DAY_MS = 86_400_000;
const REGISTERED_DAYS = 1_000;
const CATCH_UP_PAUSE_MS = 50;
const CATCH_UP_TRIES_MAX = 200;
const TANK = 'urn:epc:id:sgln:9521234.00202.T307';

/** What the bank's counterparties do on their own systems. On a devnet their keys are public. */
export interface OtherParties {
  readonly client: (alias: string) => Client;
  readonly id: (alias: string) => DevnetParty['id'];
}

/** The parties of a devnet, by alias. */
export function otherParties({ parties }: OpenedDevnet): OtherParties {
  const party = (alias: string) => {
    const found = parties.get(alias);
    if (found === undefined) {
      throw new TriflowError('REQUEST_INVALID', `this devnet has no party ${alias}`);
    }
    return found;
  };
  return { client: (alias) => party(alias).client, id: (alias) => party(alias).id };
}

/** A paper that is kept outside the ledger: only its digest goes in. */
export function paper(text: string): { hash: string; mediaType: string } {
  const hash = `sha256:${createHash('sha256').update(text).digest('hex')}`;
  return { hash, mediaType: 'application/pdf' };
}

/** Commits a command that several parties sign: the first opens it, the others countersign. */
export async function signTogether(
  opening: PreparedTransaction,
  contract: 'pledges' | 'receipts',
  others: readonly Client[],
): Promise<void> {
  const { events } = await opening.commit();
  const opened = events.find(({ type }) => type === 'pending.opened');
  if (opened === undefined) return;
  const pending = { id: opened.subject, pendingId: String(opened.data.pendingId) };
  for (const other of others) await (await other[contract].countersign(pending)).commit();
}

/** The warehouse takes oil of the refinery in, weighed, and issues a receipt over it. */
export async function issueReceipt(
  others: OtherParties,
  receipt: string,
  barrels: bigint,
  nowMs: number,
): Promise<void> {
  const lot = receipt.replace('wr_', 'lt_');
  const quantity = { value: barrels, unit: 'BLL', scale: 0 };
  const { event, hash, key } = recordableEvent(
    JSON.stringify(weighed(others, lot, barrels, nowMs)),
  );
  const weighing = `sha256:${key}`;
  const today = Math.floor(nowMs / DAY_MS);
  const period = { from: today, to: today + 365 };
  const owner = others.id('refinery');
  const commands = [
    command('warehouse-receipt', 'create_lot', {
      id: lot,
      owner,
      sku: 'FUEL-OIL-380',
      grade: 'RMG 380',
      unit: 'BLL',
      scale: 0,
      mode: 'identified',
      lossStandardBps: 30,
      lineage: [],
    }),
    command('warehouse-receipt', 'gate_in', {
      id: lot,
      quantity,
      slots: [`tank:${lot.slice(3).toUpperCase()}`],
      weighing,
    }),
    command('trace', 'record_event', { event, hash, lots: [lot] }),
    command('warehouse-receipt', 'issue', {
      id: receipt,
      lot,
      holder: owner,
      quantity,
      items: {
        depositor: { name: 'Dongji Refining', address: '1 Dongji Road, Zhoushan' },
        goods: {
          variety: 'fuel oil 380 cSt',
          quality: 'RMG 380, sulphur 0.5 %',
          packaging: 'bulk',
          pieces: 0,
          marks: 'none',
        },
        lossStandardBps: 30,
        place: 'WH-3, Zhoushan',
        storagePeriod: period,
        fee: { amount: { minor: 1_000_000n, currency: 'CNY' }, terms: 'monthly in arrears' },
        insurance: {
          insured: true,
          amount: { minor: barrels * 5_000n, currency: 'USD' },
          period,
          insurer: 'Nanling Insurance',
        },
        placeOfIssue: 'Zhoushan',
      },
      inspection: { hash: weighing, mediaType: 'application/ld+json' },
    }),
  ];
  await (await others.client('warehouse').transaction(commands)).commit();
}

/** The holder shows its receipt to a bank: until then the bank may not read it. */
export async function showTo(
  others: OtherParties,
  receipt: string,
  alias: string,
  nowMs: number,
): Promise<void> {
  const refinery = others.client('refinery');
  await refinery.receipts.waitFor(receipt, 'FREE');
  const until = nowMs + 7 * DAY_MS;
  const grant = { object: receipt, reader: others.id(alias), until };
  const { height } = await (await refinery.parties.grantView(grant)).commit();
  await caughtUp(others.client(alias), height);
}

/** Waits until the node that a client reads from has come to a height. */
async function caughtUp(client: Client, height: number): Promise<void> {
  for (let attempt = 0; attempt < CATCH_UP_TRIES_MAX; attempt += 1) {
    if ((await client.head()).height >= height) return;
    await setTimeout(CATCH_UP_PAUSE_MS);
  }
  throw new TriflowError('WAIT_TIMEOUT', `the node has not come to height ${height}`);
}

/** The register records the lien: publicity against everybody else. */
export async function registerLien(others: OtherParties, lien: string, nowMs: number) {
  const registration = command('lien', 'record_publicity', {
    id: lien,
    publicity: {
      kind: 'registration',
      registrationNo: `ZD-${lien.slice(3, 11)}`,
      registeredAt: nowMs,
      registryValidTo: Math.floor(nowMs / DAY_MS) + REGISTERED_DAYS,
    },
  });
  await (await others.client('registry').transaction([registration])).commit();
}

/** Two price sources quote; the second one completes the round. */
export async function quotePrice(
  others: OtherParties,
  quote: { feed: string; round: number; value: bigint; observedAt: number },
): Promise<void> {
  const { feed: id, ...rest } = quote;
  for (const alias of ['oracle-1', 'oracle-2']) {
    const submit = command('price-feed', 'submit_quote', { id, ...rest });
    await (await others.client(alias).transaction([submit])).commit();
  }
}

/** The weighing as a physical event (EPCIS 2.0). */
function weighed({ id }: OtherParties, lot: string, barrels: bigint, nowMs: number): object {
  return {
    '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
    type: 'ObjectEvent',
    eventTime: new Date(nowMs).toISOString(),
    eventTimeZoneOffset: '+08:00',
    action: 'OBSERVE',
    bizStep: 'receiving',
    disposition: 'in_progress',
    readPoint: { id: TANK },
    bizLocation: { id: TANK },
    quantityList: [
      {
        epcClass: `urn:epc:class:lgtin:9521234.012345.${lot.slice(3)}`,
        quantity: Number(barrels),
        uom: 'BLL',
      },
    ],
    bizTransactionList: [
      { type: 'recadv', bizTransaction: `https://fuel-oil.example/received/${lot}` },
    ],
    sourceList: [{ type: 'owning_party', source: id('refinery') }],
    destinationList: [{ type: 'possessing_party', destination: id('warehouse') }],
  };
}

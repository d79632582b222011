import { sha256 } from '@triflow/crypto';
import { demoParty } from '@triflow/devnet';
import { type Command, dayFromTime, defined, hexFromBytes, utf8FromText } from '@triflow/protocol';
import type { BenchNetwork } from './benchNetwork.js';
import { commitAll } from './load.js';
import type { SignedTransaction } from './signing.js';

/** Receipts of one lot, which one transaction opens, fills and divides. */
const RECEIPTS_EACH = 98;
const BATCH = 2;
const NUMBER_DIGITS = 6;
const YEAR_DAYS = 365;
const KILOGRAMS = 25_000;
/** Signed and sent at a time: signed heights must still be valid when it is their turn. */
const TRANSACTIONS_AT_ONCE = 128;

/** The id of the receipt of a number, 0 and up. */
export function receiptOf(number: number): string {
  return `wr_${String(number).padStart(NUMBER_DIGITS, '0')}`;
}

/** Issues so many receipts over goods of one holder, by real commands of the senders. */
export async function issueReceipts(
  network: BenchNetwork,
  receipts: number,
  clients: number,
): Promise<void> {
  const total = Math.ceil(receipts / RECEIPTS_EACH);
  for (let start = 0; start < total; start += TRANSACTIONS_AT_ONCE) {
    const until = await network.lastValidHeight();
    const numbers = Array.from(
      { length: Math.min(TRANSACTIONS_AT_ONCE, total - start) },
      (_, at) => start + at,
    );
    const batches: SignedTransaction[][] = [];
    for (let at = 0; at < numbers.length; at += BATCH) {
      const sender = network.signing.sender((start + at) / BATCH);
      const some = numbers.slice(at, at + BATCH);
      batches.push(
        some.map((number) => network.signing.sign(sender, lotOf(number, receipts), until)),
      );
    }
    await commitAll(network.nodes, batches, clients);
  }
}

function lotOf(number: number, receipts: number): Command[] {
  const id = `lt_${String(number).padStart(NUMBER_DIGITS, '0')}`;
  const first = number * RECEIPTS_EACH;
  const count = Math.min(RECEIPTS_EACH, receipts - first);
  const holder = defined(demoParty('refinery'), 'the party refinery').id;
  const quantity = (value: number) => ({ value, unit: 'KGM', scale: 0 });
  const paper = `sha256:${hexFromBytes(sha256(utf8FromText(id)))}`;
  const today = dayFromTime(Date.now());
  const period = { from: today, to: today + YEAR_DAYS };
  const goods = { variety: 'copper cathode', quality: 'grade A', packaging: 'bundles' };
  const items = {
    depositor: { name: 'Dongji Refining', address: '1 Dongji Road, Zhoushan' },
    goods: { ...goods, pieces: 10, marks: 'none' },
    lossStandardBps: 0,
    place: 'Hall 3',
    storagePeriod: period,
    fee: { amount: { minor: 100_000, currency: 'CNY' }, terms: 'monthly in arrears' },
    insurance: { insured: false },
    placeOfIssue: 'Zhoushan',
  };
  const lot = { sku: 'CU-CATH', grade: 'A', unit: 'KGM', scale: 0, mode: 'commingled' };
  const command = (name: string, params: Command['params']): Command => {
    return { contract: 'warehouse-receipt', name, params };
  };
  return [
    command('create_lot', { id, ...lot, lossStandardBps: 0 }),
    command('gate_in', { id, quantity: quantity(count * KILOGRAMS), slots: [], weighing: paper }),
    ...Array.from({ length: count }, (_, at) => {
      const receipt = { id: receiptOf(first + at), lot: id, holder };
      const inspection = { hash: paper, mediaType: 'application/pdf' };
      return command('issue', { ...receipt, quantity: quantity(KILOGRAMS), items, inspection });
    }),
  ];
}

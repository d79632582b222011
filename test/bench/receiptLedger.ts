import { sha256 } from '@triflow/crypto';
import { demoParty } from '@triflow/devnet';
import type { Chain } from '@triflow/node';
import {
  assert,
  CodedError,
  type Command,
  dayFromTime,
  decodeTransaction,
  decodeTxResult,
  defined,
  type Genesis,
  hexFromBytes,
  isOk,
  limits,
  utf8FromText,
} from '@triflow/protocol';
import { certificateOf, openLoneChain } from './openLoneChain.js';
import type { Signing } from './signing.js';

/** Receipts of one lot, which one transaction opens, fills and divides. */
const RECEIPTS_EACH = 98;
const NUMBER_DIGITS = 6;
const YEAR_DAYS = 365;
const KILOGRAMS = 25_000;
/** Transactions of one block. */
const TRANSACTIONS_EACH = 16;

/** The id of the receipt of a number, 0 and up. */
export function receiptOf(number: number): string {
  return `wr_${String(number).padStart(NUMBER_DIGITS, '0')}`;
}

/** What a seeded ledger starts from, and how much it holds. */
export interface SeedOptions {
  /** Where its LevelDB goes. */
  readonly folder: string;
  readonly genesis: Genesis;
  readonly signing: Signing;
  readonly receipts: number;
}

/**
 * Writes a ledger with so many receipts, without a network: real commands of the senders, executed
 * and committed block by block as a node does, under certificates of the devnet's published keys.
 * Gives its height.
 */
export async function seedReceiptLedger(options: SeedOptions): Promise<number> {
  const { folder, genesis, signing, receipts } = options;
  const chain = await openLoneChain(folder, genesis);
  const { mempool } = chain;
  const total = Math.ceil(receipts / RECEIPTS_EACH);
  for (let number = 0; number < total; number += TRANSACTIONS_EACH) {
    const until = chain.head().height + limits.transactionWindowMax - 1;
    for (let at = number; at < Math.min(total, number + TRANSACTIONS_EACH); at += 1) {
      const sender = signing.sender(at);
      const { bytes, txId } = signing.sign(sender, lotOf(at, receipts), until);
      const decoded = decodeTransaction(bytes);
      assert(decoded.ok, 'receipt ledger: a transaction');
      const validUntilHeight = until;
      const transaction = decoded.value;
      const added = mempool.add({
        txId,
        sender: sender.party,
        bytes,
        validUntilHeight,
        transaction,
      });
      assert(added.ok, 'receipt ledger: the mempool');
    }
    await commitNext(chain);
  }
  const { height } = chain.head();
  await chain.store.close();
  return height;
}

async function commitNext(chain: Chain): Promise<void> {
  const { height: last, timeMs } = chain.head();
  const height = last + 1;
  const [seat] = chain.validatorSet(height);
  const { id: builder } = defined(seat, 'receipt ledger: a validator');
  const times = { minTimeMs: timeMs + 1, nowMs: Date.now() };
  const built = await chain.build({ height, ...times, builder });
  const { valueId, bytes } = defined(built ?? undefined, 'receipt ledger: a block');
  await chain.commit(valueId, bytes, certificateOf(chain, height, valueId));
  const results = await chain.store.getResults(height);
  const refused = results?.map(decodeTxResult).find((one) => !one.ok || !isOk(one.value));
  if (refused?.ok === true) throw new CodedError('INTERNAL', `bench: ${refused.value.code}`);
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

import {
  type AssetLien,
  lienProofKeys,
  onAsset,
  type Receipt,
  receipts,
} from '@triflow/contracts/schemas';
import type { Table } from '@triflow/protocol';
import type { ClientCore } from '../../client/clientCore.js';
import { type ReadOptions, readRecordAt, readState, recordOf } from '../../client/readState.js';
import type { ReadResult, Verified } from '../../client/verified.js';
import { TriflowError } from '../../errors/triflowError.js';
import { keyOf } from '../../recordTable.js';

/** Every live lien that touches a receipt, complete because each list stands under one key. */
export interface ReceiptLiens {
  readonly receipt: Receipt;
  /** No lien on the receipt, on its lot, or over its holder's goods: proved by absence. */
  readonly free: boolean;
  readonly onReceipt: readonly AssetLien[];
  readonly onLot: readonly AssetLien[];
  /** Liens that float over all goods of the holder. */
  readonly onHolder: readonly AssetLien[];
  /** The state keys behind this answer, for an evidence file. */
  readonly keys: readonly string[];
  readonly height: number;
  readonly verified: Verified | undefined;
}

/** The live liens of one asset; null, with a proof of absence, when there is none. */
export function find(
  core: ClientCore,
  { asset }: { readonly asset: string },
  options?: ReadOptions,
): Promise<ReadResult<{ readonly asset: string; readonly liens: readonly AssetLien[] }>> {
  return readRecordAt(core, onAsset, [asset], options);
}

/**
 * The complete liens of a receipt and its lot in one answer at one height (domain 3.6).
 * `OBJECT_NOT_FOUND` when there is no such receipt.
 */
export async function complete(
  core: ClientCore,
  receiptId: string,
  options: ReadOptions = {},
): Promise<ReceiptLiens> {
  const found = await readRecordAt(core, receipts, [receiptId], options);
  const proofKeys = lienProofKeys(present(receiptId, found.data));
  const keys = [keyOf(receipts, [receiptId]), ...proofKeys];
  const state = await readState(core, keys, options);
  const { data, height, verified } = recordOf(core, state, receipts, 0);
  const receipt = present(receiptId, data);
  const lists = proofKeys.map((_, index) => liensOf(core, state, index + 1));
  const [onReceipt = [], onLot = [], ...others] = lists;
  const onHolder = others.flat();
  const free = lists.every((list) => list.length === 0);
  return { receipt, free, onReceipt, onLot, onHolder, keys, height, verified };
}

/** As `complete`; throws `ASSET_ALREADY_ENCUMBERED` unless nothing encumbers the receipt. */
export async function proveFree(
  core: ClientCore,
  receiptId: string,
  options: ReadOptions = {},
): Promise<ReceiptLiens> {
  const liens = await complete(core, receiptId, options);
  if (liens.free) return liens;
  throw new TriflowError('ASSET_ALREADY_ENCUMBERED', `${receiptId} carries a lien`, {
    details: { ...liens },
  });
}

function liensOf(
  core: ClientCore,
  state: Awaited<ReturnType<typeof readState>>,
  position: number,
): readonly AssetLien[] {
  const table: Table<{ asset: string; liens: AssetLien[] }> = onAsset;
  return recordOf(core, state, table, position).data?.liens ?? [];
}

function present(receiptId: string, receipt: Receipt | null): Receipt {
  if (receipt !== null) return receipt;
  throw new TriflowError('OBJECT_NOT_FOUND', `there is no receipt ${receiptId}`);
}

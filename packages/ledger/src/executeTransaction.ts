import { sha256 } from '@triflow/crypto';
import type { Hash } from '@triflow/protocol';
import {
  commonStatus,
  encodeTxResult,
  hexFromBytes,
  isOk,
  type LedgerEvent,
  OK,
  recentTxTable,
  type Status,
  stateKey,
  type Transaction,
  type TxResult,
} from '@triflow/protocol';
import {
  BoundExceeded,
  CommandContext,
  type CommittedChain,
  commandScope,
  type TransactionScope,
} from './commandContext.js';
import { encodeRecord } from './decodeRecord.js';
import type { ContractRegistry } from './registry.js';
import { StateOverlay } from './stateOverlay.js';

export interface ExecutedTransaction {
  readonly txId: Hash;
  readonly result: TxResult;
  readonly resultBytes: Uint8Array;
}

export interface BlockPosition {
  readonly committed: CommittedChain;
  readonly height: number;
  readonly timeMs: number;
  readonly index: number;
}

/**
 * Runs a transaction's commands over an overlay: all take effect or none. A refusal is a numbered
 * status in the result; either way the id is recorded, so that it is accepted at most once. What
 * throws leaves no trace.
 */
export function executeTransaction(
  registry: ContractRegistry,
  block: StateOverlay,
  transaction: Pick<Transaction, 'sender' | 'keyId' | 'commands' | 'validUntilHeight'> & {
    txId: Hash;
  },
  position: BlockPosition,
): ExecutedTransaction {
  const { txId } = transaction;
  const overlay = new StateOverlay(block);
  const events: LedgerEvent[] = [];
  const { committed, height, timeMs } = position;
  const { sender, keyId } = transaction;
  const place = { committed, height, timeMs };
  const scope: TransactionScope = { registry, overlay, sender, keyId, txId, ...place, events };
  const { status, failedCommand } = runCommands(scope, transaction.commands);
  const done = isOk(status);
  const result: TxResult = { txId, ...status, failedCommand, events: done ? events : [] };
  const resultBytes = encodeTxResult(result);
  const record = {
    height,
    index: position.index,
    validUntilHeight: transaction.validUntilHeight,
    result: `sha256:${hexFromBytes(sha256(resultBytes))}`,
  };
  const recordBytes = encodeRecord(recentTxTable, record);
  // From here on nothing can fail: an error thrown before leaves no trace.
  if (done) overlay.commitInto(block);
  block.put(stateKey(recentTxTable, [txId]), recordBytes);
  return { txId, result, resultBytes };
}

function runCommands(
  scope: TransactionScope,
  commands: Transaction['commands'],
): { status: Status; failedCommand: number } {
  for (const [index, command] of commands.entries()) {
    const status = runCommand(scope, command, index);
    if (!isOk(status)) return { status, failedCommand: index };
  }
  return { status: OK, failedCommand: -1 };
}

function runCommand(
  scope: TransactionScope,
  command: Transaction['commands'][number],
  index: number,
): Status {
  const contract = scope.registry.contracts.get(command.contract);
  if (contract === undefined) return commonStatus('contract_not_found');
  const handler = contract.commands.get(command.name);
  if (handler === undefined) return commonStatus('command_not_found');
  const context = new CommandContext(scope, contract.name, commandScope(index), 0);
  try {
    return handler(context, command.params);
  } catch (error) {
    if (error instanceof BoundExceeded) return commonStatus('bound_exceeded');
    throw error;
  }
}

import {
  decodeTransaction,
  decodeTxResult,
  textFromHash,
  textFromTxId,
  txIdFromText,
} from '@triflow/protocol';
import { type CallOptions, underDeadline } from '../deadline.js';
import { TriflowError } from '../errors/triflowError.js';
import { jsonFromLedgerEvent, jsonFromLedgerMap } from '../events/eventData.js';
import { type ProvedInBlock, proveInBlock } from '../transactions/proveOutcome.js';
import type { ClientCore } from './clientCore.js';

/** A transaction and what became of it, read from proved bytes, with who vouches for it. */
export interface ProvedTransactionFacts {
  readonly height: number;
  /** The block that the validators signed. */
  readonly blockId: string;
  /** In the JSON form of the API. */
  readonly json: {
    readonly txId: string;
    readonly index: number;
    readonly outcome: 'committed' | 'rejected';
    readonly sender: string;
    readonly keyId: string;
    readonly validUntilHeight: number;
    readonly commands: readonly {
      readonly contract: string;
      readonly name: string;
      readonly params: Readonly<Record<string, unknown>>;
    }[];
    readonly status: { readonly contract: string; readonly number: number; readonly code: string };
    readonly failedCommand: number;
    readonly events: readonly {
      readonly contract: string;
      readonly type: string;
      readonly subject: string;
      readonly data: Readonly<Record<string, unknown>>;
    }[];
  };
  /** Validators that signed, by id, and how many there are. */
  readonly signedBy: readonly string[];
  readonly of: number;
}

/**
 * Reads a transaction in a final block from the proved bytes, whatever else a node says of it.
 * Verified even under `verify: 'never'`. Errors: `REQUEST_INVALID` (no transaction id),
 * `VERIFICATION_FAILED`, those of the node.
 */
export async function proveTransaction(
  core: ClientCore,
  txId: string,
  options: CallOptions = {},
): Promise<ProvedTransactionFacts> {
  const id = txIdFromText(txId);
  if (id === undefined) throw new TriflowError('REQUEST_INVALID', `no transaction id: ${txId}`);
  const { signal, timeoutMs = core.timeoutMs } = options;
  return underDeadline(core.environment, { signal, timeoutMs }, async (deadline) => {
    return factsOf(await proveInBlock(core, id, deadline), textFromTxId(id));
  });
}

function factsOf({ proof, verified, outcome }: ProvedInBlock, id: string): ProvedTransactionFacts {
  const transaction = decodeTransaction(proof.bytes);
  const result = decodeTxResult(proof.result);
  if (!transaction.ok) throw new TriflowError('VERIFICATION_FAILED', transaction.fault.message);
  if (!result.ok) throw new TriflowError('VERIFICATION_FAILED', result.fault.message);
  const { sender, keyId, validUntilHeight, commands } = transaction.value;
  const { contract, number, code, failedCommand, events } = result.value;
  return {
    height: verified.header.height,
    blockId: textFromHash(verified.valueId),
    json: {
      txId: id,
      index: outcome.index,
      outcome: outcome.outcome,
      sender,
      keyId,
      validUntilHeight,
      commands: commands.map((command) => {
        const params = jsonFromLedgerMap(command.params);
        return { contract: command.contract, name: command.name, params };
      }),
      status: { contract, number, code },
      failedCommand,
      events: events.map(jsonFromLedgerEvent),
    },
    signedBy: verified.signedBy,
    of: verified.of,
  };
}

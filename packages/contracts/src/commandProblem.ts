import {
  type Command,
  type Contract,
  commonStatus,
  type PartyId,
  type ReadContext,
  type Status,
} from '@triflow/protocol';
import type { z } from 'zod';
import type { DefinedContract } from './defineContract.js';
import { readParams } from './params.js';
import { signerProblem } from './party-registry/internal.js';
import { countersignParams } from './pending.js';
import type { Signer } from './signer.js';

/**
 * What can be said against a command before it is executed: there is no such contract or command,
 * its parameters do not fit, its sender may not sign it. A node refuses such a transaction at the
 * door instead of spending a place in a block. Undefined when only execution can tell.
 */
export function commandProblem(
  contracts: ReadonlyMap<string, Contract>,
  context: Pick<ReadContext, 'get'>,
  sender: PartyId,
  command: Command,
): Status | undefined {
  const contract = contracts.get(command.contract);
  if (contract === undefined) return commonStatus('contract_not_found');
  if (!contract.commands.has(command.name)) return commonStatus('command_not_found');
  if (!isDefined(contract)) return undefined;
  const { who, params } = commandShape(contract, command.name);
  const signer = signerProblem(context, sender, who);
  if (signer !== undefined) return signer;
  const fits = readParams(params, command.params) !== undefined;
  return fits ? undefined : commonStatus('params_are_invalid');
}

/** `countersign`, `reject` and `expire_pending` are not in the definition: they share one shape. */
function commandShape(contract: DefinedContract, name: string): { who: Signer; params: z.ZodType } {
  const { commands } = contract.definition;
  const spec = Object.hasOwn(commands, name) ? commands[name] : undefined;
  return spec ?? { who: 'anyone', params: countersignParams };
}

function isDefined(contract: Contract): contract is DefinedContract {
  return 'definition' in contract;
}

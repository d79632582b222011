import { type CommandParams, type ContractName, contractSchemas } from '@triflow/contracts/schemas';
import type { ClientCore } from '../client/clientCore.js';
import { type Action, action, type CommandName } from './action.js';
import { type Bound, bindActions } from './bindActions.js';

/** `repay_and_release` as `repayAndRelease`. */
type CamelCase<S extends string> = S extends `${infer Head}_${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : S;

/** An action for each command of a contract, by the command's name in camel case. */
export type ContractActions<N extends ContractName> = {
  readonly [C in CommandName<N> as CamelCase<C>]: Action<CommandParams<N, C>>;
};

/** Actions of every contract, made from the schemas: a new command is there at once. */
export type AllActions = { readonly [N in ContractName]: Bound<ContractActions<N>> };

/** The actions of a contract's commands, typed by their schemas. */
export function contractActions<N extends ContractName>(contract: N): ContractActions<N> {
  const names = Object.keys(contractSchemas[contract].commands) as CommandName<N>[];
  const made = names.map((name) => [camelCase(name), action(contract, name)]);
  return Object.fromEntries(made) as ContractActions<N>;
}

/** The actions of all contracts, bound to a client, under the contracts' names. */
export function bindContracts(core: ClientCore): AllActions {
  const names = Object.keys(contractSchemas) as ContractName[];
  const bound = names.map((name) => [name, bindActions(core, contractActions(name) as never)]);
  return Object.fromEntries(bound) as AllActions;
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

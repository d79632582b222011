import {
  consensusParametersSchema,
  limits,
  OK,
  type ParameterBounds,
  type ParameterValue,
  parametersAt,
  parametersTable,
  type ReadContext,
  type Status,
  type WriteContext,
} from '@triflow/protocol';
import type { Change } from './schema.js';
import { status } from './statusCodes.js';

/** A contract's parameters with what they may be set to. */
export interface GovernedContract {
  readonly name: string;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly parameterBounds?: Readonly<Record<string, ParameterBounds>>;
}

type ParameterChange = Extract<Change, { kind: 'set_parameter' }>['body'];

/** The depth is in the shape of every stored tree: it is chosen once, at genesis. */
const FIXED = ['stateTreeDepth'];

/**
 * Why a parameter cannot take a value: nobody has it (`parameter_unknown`), it was fixed at
 * genesis (`parameter_is_fixed`), or the code that uses it refuses it with the other values that
 * are in force or decided (`parameter_out_of_bounds`, G2).
 */
export function parameterProblem(
  context: ReadContext,
  governed: readonly GovernedContract[],
  change: ParameterChange,
): Status {
  const record = context.get(parametersTable, change.contract);
  if (record === undefined) return status('parameter_unknown');
  if (change.contract === 'consensus') return consensusProblem(record.values, context, change);
  const owner = governed.find((one) => one.name === change.contract);
  const fallback = owner?.parameters[change.name];
  if (fallback === undefined) return status('parameter_unknown');
  const fits = sameType(fallback, change.value) && withinBounds(owner, change);
  if (!fits) return status('parameter_out_of_bounds');
  return roomProblem(context, change);
}

/** Writes a decided value; what counts by now is folded into the values in force. */
export function changeParameter(
  context: WriteContext,
  change: ParameterChange,
  fromHeight: number,
): void {
  const record = context.get(parametersTable, change.contract) ?? { values: {} };
  const { name, value } = change;
  const waiting = (record.later ?? []).filter((one) => one.fromHeight > context.height);
  const later = [...waiting, { fromHeight, name, value }];
  later.sort((a, b) => a.fromHeight - b.fromHeight);
  const values = { ...parametersAt(record, context.height) } as typeof record.values;
  context.put(parametersTable, [change.contract], { values, later });
}

function consensusProblem(
  values: Readonly<Record<string, ParameterValue>>,
  context: ReadContext,
  change: ParameterChange,
): Status {
  if (!Object.hasOwn(values, change.name)) return status('parameter_unknown');
  if (FIXED.includes(change.name)) return status('parameter_is_fixed');
  const record = context.get(parametersTable, 'consensus');
  const decided = record === undefined ? values : parametersAt(record, Number.MAX_SAFE_INTEGER);
  // With today's values and with those that are decided: a change may come before another.
  const candidates = [values, decided].map((base) => ({ ...base, [change.name]: change.value }));
  const fits = candidates.every((one) => consensusParametersSchema.safeParse(one).success);
  return fits ? roomProblem(context, change) : status('parameter_out_of_bounds');
}

function roomProblem(context: ReadContext, change: ParameterChange): Status {
  const later = context.get(parametersTable, change.contract)?.later ?? [];
  const waiting = later.filter((one) => one.fromHeight > context.height);
  return waiting.length >= limits.laterParametersMax ? status('bound_exceeded') : OK;
}

function sameType(fallback: ParameterValue, value: ParameterValue): boolean {
  return typeof fallback === typeof value && Array.isArray(fallback) === Array.isArray(value);
}

function withinBounds(owner: GovernedContract | undefined, change: ParameterChange): boolean {
  const { name, value } = change;
  const bounds = owner?.parameterBounds?.[name];
  if (bounds !== undefined && 'oneOf' in bounds) {
    return typeof value === 'string' && bounds.oneOf.includes(value);
  }
  if (bounds !== undefined && 'pattern' in bounds) {
    return typeof value === 'string' && bounds.pattern.test(value);
  }
  const { min, max } = bounds ?? { min: 0, max: Number.MAX_SAFE_INTEGER };
  const numbers = typeof value === 'object' ? value : [value];
  return numbers.every((one) => typeof one !== 'number' || (one >= min && one <= max));
}

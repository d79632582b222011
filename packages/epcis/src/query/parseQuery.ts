import { joinPointer, limits, type Result, success } from '@triflow/protocol';
import type { Prefixes } from '../context.js';
import { addFault, type EpcisFault } from '../faults.js';
import type { Condition, EventQuery } from './eventQuery.js';
import { type ParameterFault, readParameter } from './readParameter.js';

/** Parameters by name, each with its values; the caller has split lists already. */
export type QueryParameters = ReadonlyMap<string, readonly string[]>;

const WHOLE = /^[0-9]{1,9}$/;

/** What a query says beside its conditions. */
interface Settings {
  orderBy: 'eventTime' | 'recordTime';
  ascending: boolean;
  eventCountLimit: number | undefined;
  maxEventCount: number | undefined;
}

/**
 * Reads the parameters of a query (design section 4). Faults point at the parameter:
 * `query_parameter_unknown`, `query_value_malformed`, `query_parameters_conflict`,
 * `query_too_complex`.
 */
export function parseQuery(
  parameters: QueryParameters,
  prefixes: Prefixes,
): Result<EventQuery, readonly EpcisFault[]> {
  const faults: EpcisFault[] = [];
  const conditions: Condition[] = [];
  const settings: Settings = {
    orderBy: 'recordTime',
    ascending: false,
    eventCountLimit: undefined,
    maxEventCount: undefined,
  };
  if (parameters.size > limits.epcisQueryParametersMax) {
    addFault(faults, 'query_too_complex', '', `over ${limits.epcisQueryParametersMax} parameters`);
    return { ok: false, fault: faults };
  }
  for (const [name, values] of parameters) {
    const fault = tooLarge(values) ?? readSetting(name, values, settings);
    if (fault === undefined) continue;
    if (fault !== 'not a setting') {
      addFault(faults, fault.code, joinPointer('', name), fault.message);
      continue;
    }
    const read = readParameter(name, values, prefixes);
    if (read.ok) conditions.push(read.value);
    else addFault(faults, read.fault.code, joinPointer('', name), read.fault.message);
  }
  if (settings.eventCountLimit !== undefined && settings.maxEventCount !== undefined) {
    const message = 'eventCountLimit and maxEventCount exclude each other';
    addFault(faults, 'query_parameters_conflict', '/maxEventCount', message);
  }
  return faults.length > 0 ? { ok: false, fault: faults } : success({ conditions, ...settings });
}

function tooLarge(values: readonly string[]): ParameterFault | undefined {
  const text = values.reduce((sum, value) => sum + value.length, 0);
  const isLarge = values.length > limits.epcisQueryValuesMax || text > limits.epcisQueryTextMax;
  return isLarge ? { code: 'query_too_complex', message: 'too many values' } : undefined;
}

/** Takes a setting into `settings`: undefined when it was one and is right. */
function readSetting(
  name: string,
  values: readonly string[],
  settings: Settings,
): ParameterFault | 'not a setting' | undefined {
  const [value = '', ...more] = values;
  const wrong = (message: string): ParameterFault => ({ code: 'query_value_malformed', message });
  switch (name) {
    case 'orderBy':
      if ((value !== 'eventTime' && value !== 'recordTime') || more.length > 0) {
        return wrong('eventTime or recordTime');
      }
      settings.orderBy = value;
      return undefined;
    case 'orderDirection':
      if (!['ASC', 'DESC'].includes(value) || more.length > 0) return wrong('ASC or DESC');
      settings.ascending = value === 'ASC';
      return undefined;
    case 'eventCountLimit':
    case 'maxEventCount':
      if (!WHOLE.test(value) || Number(value) === 0 || more.length > 0) {
        return wrong('a whole number from 1');
      }
      settings[name] = Number(value);
      return undefined;
    default:
      return 'not a setting';
  }
}

import { limits } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { standardPrefixes } from '../vocabulary.js';
import { parseQuery } from './parseQuery.js';

function read(...parameters: [string, ...string[]][]): string[] | object {
  const map = new Map(parameters.map(([name, ...values]) => [name, values]));
  const query = parseQuery(map, standardPrefixes);
  return query.ok ? query.value : query.fault.map(({ code, path }) => `${code} ${path}`);
}

describe('parameters of a query', () => {
  it('without any: all events, the newest first', () => {
    expect(read()).toEqual({
      conditions: [],
      orderBy: 'recordTime',
      ascending: false,
      eventCountLimit: undefined,
      maxEventCount: undefined,
    });
  });

  it('say order and number', () => {
    expect(
      read(['orderBy', 'eventTime'], ['orderDirection', 'ASC'], ['eventCountLimit', '5']),
    ).toMatchObject({ orderBy: 'eventTime', ascending: true, eventCountLimit: 5 });
  });

  it.each<[string, ...string[]]>([
    ['EQ_bizstep', 'shipping'],
    ['eventtype', 'ObjectEvent'],
    ['EQ_eventType', 'ObjectEvent'],
    ['EQ_eventTime', '2026-03-01T00:00:00Z'],
    ['GT_eventTime', '2026-03-01T00:00:00Z'],
    ['GE_action', 'ADD'],
    ['MATCH_bizStep', 'shipping'],
    ['WD_disposition', 'active'],
    ['EQ_value', '1'],
    ['EQ_percRank_CEL', '1'],
    ['EQ_value_toolong', '1'],
    ['EXISTS_bizStep', ''],
    ['HASATTR_epcList', 'ex:x'],
    ['HASATTR_ILMD_ex:x', 'ex:x'],
    ['EQATTR_bizLocation', 'x'],
    ['EQATTR_bizLocation_', 'x'],
    ['EQATTR_epc_cbvmda:name', 'x'],
    ['EQ_source', 'urn:x'],
    ['EQ_', ''],
    ['EQ_:x', '1'],
    ['EQ_ILMD_ex:', '1'],
    ['', ''],
    ['__proto__', 'x'],
    ['constructor', 'x'],
  ])('%s is unknown', (name, ...values) => {
    expect(read([name, ...values])).toEqual([
      `query_parameter_unknown /${name.replaceAll('/', '~1')}`,
    ]);
  });

  it.each<[string, ...string[]]>([
    ['GE_eventTime', 'yesterday'],
    ['GE_eventTime', '2026-03-01T00:00:00'],
    ['GE_eventTime', '2026-03-01T00:00:00Z', '2026-03-02T00:00:00Z'],
    ['EQ_action', 'LOOK'],
    ['EQ_bizStep', ''],
    ['MATCH_epc', ''],
    ['WD_readPoint', ''],
    ['GE_quantity', 'many'],
    ['GE_quantity', '1', '2'],
    ['EQ_value_CEL', '1', 'x'],
    ['GE_value_CEL', '1e100'],
    ['EQ_booleanValue', 'yes'],
    ['EQ_hexBinaryValue', 'xyz'],
    ['GT_ex:a', 'text'],
    ['GT_ex:a', '1', '2'],
    ['HASATTR_bizLocation', ''],
    ['EXISTS_errorDeclaration', 'false'],
    ['orderBy', 'bizStep'],
    ['orderDirection', 'UP'],
    ['eventCountLimit', '0'],
    ['eventCountLimit', '-1'],
    ['maxEventCount', 'x'],
    ['maxEventCount', '99999999999'],
  ])('%s does not take %s', (name, ...values) => {
    expect(read([name, ...values])).toEqual([`query_value_malformed /${name}`]);
  });

  it('a limit and a maximum exclude each other', () => {
    expect(read(['eventCountLimit', '1'], ['maxEventCount', '1'])).toEqual([
      'query_parameters_conflict /maxEventCount',
    ]);
  });

  it('tells all that is wrong, and stops at its limits', () => {
    expect(read(['x', '1'], ['EQ_action', 'y'])).toHaveLength(2);
    const values = Array.from({ length: limits.epcisQueryValuesMax + 1 }, () => 'a');
    expect(read(['EQ_bizStep', ...values])).toEqual(['query_too_complex /EQ_bizStep']);
    expect(read(['EQ_bizStep', 'a'.repeat(limits.epcisQueryTextMax + 1)])).toEqual([
      'query_too_complex /EQ_bizStep',
    ]);
    const many = Array.from({ length: limits.epcisQueryParametersMax + 1 }, (_, at) => {
      return [`EQ_ex:p${at}`, '1'] as [string, string];
    });
    expect(read(...many)).toEqual(['query_too_complex ']);
  });
});

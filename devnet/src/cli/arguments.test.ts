import { describe, expect, it } from 'vitest';
import { durationArgument, groupsArgument, nodeArgument } from './arguments.js';
import { columnsOf, padTo } from './output.js';
import { textOfScenarioLine } from './scenarioLine.js';

describe('arguments', () => {
  it('a node is an index from 0 or an id from v1', () => {
    expect(nodeArgument('2')).toBe(2);
    expect(nodeArgument('v3')).toBe(2);
  });

  it.each(['', 'v', '-1', '1.5', 'three', '100'])('%j is no node', (text) => {
    expect(() => nodeArgument(text)).toThrow('a node is');
  });

  it('groups are separated by slashes', () => {
    expect(groupsArgument('0,1/2,3')).toEqual([
      [0, 1],
      [2, 3],
    ]);
    expect(groupsArgument('v1/v2,v3')).toEqual([[0], [1, 2]]);
    expect(() => groupsArgument('0,1/')).toThrow();
  });

  it('durations have units, milliseconds without one', () => {
    expect(['300ms', '2s', '1m', '45'].map(durationArgument)).toEqual([300, 2_000, 60_000, 45]);
  });

  it.each(['', 's', '-1s', '1h', '1.5s'])('%j is no duration', (text) => {
    expect(() => durationArgument(text)).toThrow('a duration');
  });
});

describe('lines', () => {
  it('Chinese characters take two columns', () => {
    expect(columnsOf('goods 物流')).toBe(10);
    expect(padTo('物流', 6)).toBe('物流  ');
  });

  it('every flow begins its text in the same column', () => {
    const kinds = ['goods', 'money', 'data', 'alert'] as const;
    const starts = kinds.map((kind) => {
      const line = textOfScenarioLine({ event: 'line', kind, text: 'here', height: 14 });
      return columnsOf(line.slice(0, line.indexOf('here')));
    });
    expect(new Set(starts)).toEqual(new Set([16]));
  });
});

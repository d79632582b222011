import { CodedError } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { exitCodeFor, sentenceOf } from './failure.js';
import { simulationText } from './governance.js';
import { basisPoints } from './objects.js';
import { decimalText, linesOf, tableLines } from './output.js';
import { commandSchema, parametersOf, readParams } from './parameters.js';
import { durationMs, findSettings } from './settings.js';

describe('the command line', () => {
  it('says what a change does to the quorum', () => {
    expect(simulationText(4, 5, ['2'])).toBe(
      '4 -> 5 validators: quorum 3 -> 4, tolerates 1 -> 1; with node 2 down the margin is 0',
    );
    expect(simulationText(4, 4, [])).toContain('with all up the margin is 1');
  });

  it('writes amounts without floats', () => {
    expect(decimalText('428904000', 2)).toBe('4,289,040.00');
    expect(decimalText(-5n, 2)).toBe('-0.05');
    expect(decimalText('120000', 0)).toBe('120,000');
    expect(linesOf({ price: { minor: 1n, currency: 'CNY' } })).toEqual(['price  0.01 CNY']);
    expect(tableLines(['a', 'b'], [['xx', 1]])).toEqual(['a   b', 'xx  1']);
  });

  it('reads shares and durations, and refuses others', () => {
    expect([basisPoints('70%'), basisPoints('70.5%')]).toEqual([7_000, 7_050]);
    expect([durationMs('15s'), durationMs('300ms'), durationMs('2m')]).toEqual([
      15_000, 300, 120_000,
    ]);
    for (const text of ['', '70', '-1%', '70.123%'])
      expect(() => basisPoints(text)).toThrow('share');
    for (const text of ['', 's', '-1s', '1h']) expect(() => durationMs(text)).toThrow('duration');
  });

  it('a flag goes before the environment, that before the default', () => {
    const env = { TRIFLOW_NODE: 'http://env' };
    const cwd = '/nowhere-at-all';
    expect(findSettings({ node: 'http://flag' }, { cwd, env }).node.value).toBe('http://flag');
    expect(findSettings({}, { cwd, env }).node).toEqual({
      value: 'http://env',
      origin: 'TRIFLOW_NODE',
    });
    expect(findSettings({}, { cwd, env: {} }).timeout.origin).toBe('default');
    expect(() => findSettings({ profile: 'x' }, { cwd, env })).toThrow('profile');
  });

  it('takes options from the contracts’ schemas', async () => {
    const schema = commandSchema('pledge-facility', 'draw');
    const forms = parametersOf(schema).map(({ flag, form }) => [flag, form]);
    expect(forms).toContainEqual(['expected-version', 'number']);
    expect(forms).toContainEqual(['amount', 'json']);
    expect(await readParams(schema, '{"amount":{"minor":"5","currency":"USD"}}')).toEqual({
      amount: { minor: 5n, currency: 'USD' },
    });
    expect(() => commandSchema('pledge-facility', 'dance')).toThrow('no command');
    expect(() => commandSchema('nothing', 'draw')).toThrow('no contract');
    await expect(readParams(schema, '[')).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
  });

  it.each([
    ['REQUEST_INVALID', 2],
    ['OBJECT_NOT_FOUND', 3],
    ['ASSET_ALREADY_ENCUMBERED', 4],
    ['TRANSACTION_EXPIRED', 4],
    ['OUTCOME_UNKNOWN', 5],
    ['TRANSPORT_FAILED', 6],
    ['VERIFICATION_FAILED', 7],
    ['CHAIN_MISMATCH', 7],
  ])('%s ends with %i and one sentence that says what to do', (code, exit) => {
    const error = new CodedError(code, 'it failed');
    expect(exitCodeFor(error, 'receipt')).toBe(exit);
    expect(sentenceOf(error)).toMatch(/^triflow: it failed \([A-Z_]+\); \S.*$/);
  });
});

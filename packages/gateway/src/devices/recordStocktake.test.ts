import { describe, expect, it } from 'vitest';
import { recordStocktake } from './recordStocktake.js';

const PLACE = 'https://id.gs1.org/414/9521234000013';
const GOOD = `urn:epc:id:sgtin:9521234.056789.9,2026-03-01T15:30:00+08:00,${PLACE}`;

async function record(...lines: readonly string[]): Promise<number> {
  let sent = 0;
  const submit = async (commands: readonly unknown[]): Promise<never> => {
    sent += commands.length;
    return undefined as never;
  };
  const csv = ['epc,readAt,location', ...lines].join('\n');
  await recordStocktake(csv, { party: 'dev:keeper', queue: { submit } });
  return sent;
}

describe('a stocktake is recorded', () => {
  it('with an event a location', async () => {
    expect(await record(GOOD, GOOD)).toBe(1);
    expect(await record(GOOD, GOOD.replace(PLACE, 'urn:epc:id:sgln:9521234.00202.0'))).toBe(2);
  });

  it.each([
    ['an EPC that is no URI', `box 7,2026-03-01T15:30:00Z,${PLACE}`],
    [
      'a wrong check digit',
      `https://id.gs1.org/01/09521234567890/21/1,2026-03-01T15:30:00Z,${PLACE}`,
    ],
    ['a location that is no URI', 'urn:epc:id:sgtin:9521234.056789.1,2026-03-01T15:30:00Z,hall 3'],
    ['a time without a zone', `urn:epc:id:sgtin:9521234.056789.1,2026-03-01T15:30:00,${PLACE}`],
  ])('or not at all, and the line is named: %s', async (_, wrong) => {
    await expect(record(GOOD, GOOD, wrong, GOOD)).rejects.toMatchObject({
      code: 'REQUEST_INVALID',
      message: expect.stringMatching(/^line 4 /),
      details: { line: 4 },
    });
  });
});

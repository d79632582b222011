import { recordableEvent } from '@triflow/sdk';
import { describe, expect, it } from 'vitest';
import { stocktakeEvents } from './stocktakeCsv.js';

const PLACE = 'https://id.gs1.org/414/9521234000013';
const PARTY = 'uscc:91330206TRFW001021';
const header = 'epc,readAt,location';
const row = (serial: number, second = 0) =>
  `https://id.gs1.org/01/09521234567899/21/${serial},2026-03-01T15:30:0${second}+08:00,${PLACE}`;

describe('a stocktake as CSV', () => {
  it('becomes EPCIS events that can be recorded, dated by the last sight', () => {
    const [text = '', ...others] = stocktakeEvents([header, row(1), row(2, 5)].join('\n'), PARTY);
    expect(others).toEqual([]);
    expect(JSON.parse(text)).toMatchObject({
      bizStep: 'stock_taking',
      eventTime: '2026-03-01T07:30:05.000Z',
      epcList: [1, 2].map((serial) => `https://id.gs1.org/01/09521234567899/21/${serial}`),
      readPoint: { id: PLACE },
    });
    expect(recordableEvent(text).hash).toMatch(/^ni:/);
  });

  it('equal rows give equal events, in any order, twice seen, with other columns', () => {
    const one = stocktakeEvents([header, row(1), row(2), row(1)].join('\n'), PARTY);
    const two = stocktakeEvents(`\uFEFF${[header, row(2), row(1), ''].join('\r\n')}`, PARTY);
    expect(two).toEqual(one);
    const more = `"note",epc,readAt,location\n"a ""b"", c",${row(1)}\n,${row(2)}`;
    expect(stocktakeEvents(more, PARTY)).toEqual(one);
  });

  it('cuts into events of 256 EPCs, location by location', () => {
    const rows = Array.from({ length: 300 }, (_, at) => row(at + 1));
    const events = stocktakeEvents([header, ...rows].join('\n'), PARTY);
    const sizes = events.map((text) => (JSON.parse(text) as { epcList: [] }).epcList.length);
    expect(sizes).toEqual([256, 44]);
  });

  it.each([
    ['', 1],
    ['epc,readAt', 1],
    [header, 2],
    [`${header}\n,2026-03-01T15:30:00Z,x`, 2],
    [`${header}\nx,yesterday,y`, 2],
    [`${header}\nx,2026-03-01T15:30:00,y`, 2],
    [`${header}\n${row(1)}\n"x,2026-03-01T15:30:00Z,y`, 3],
    [`${header}\nx"y,2026-03-01T15:30:00Z,y`, 2],
  ])('names the line that is wrong: %j', (csv, line) => {
    expect(() => stocktakeEvents(csv, PARTY)).toThrow(
      expect.objectContaining({ code: 'REQUEST_INVALID', details: { line } }),
    );
  });
});

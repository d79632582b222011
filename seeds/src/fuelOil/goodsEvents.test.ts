import { recordableEvent } from '@triflow/sdk';
import { describe, expect, it } from 'vitest';
import {
  arrivedEvent,
  type EventFrame,
  inspectedEvent,
  receivedEvent,
  secondReceivedEvent,
  shippedEvent,
  withdrawnEvent,
} from './goodsEvents.js';

const frame: EventFrame = {
  parties: {
    supplier: 'uscc:91310115TRFW000221',
    refinery: 'uscc:91330900TRFW000140',
    carrier: 'uscc:91330206TRFW001021',
    warehouse: 'uscc:91330900TRFW00030M',
  },
  order: 'po_0001',
  nowMs: Date.parse('2026-03-01T07:30:00Z'),
};

const kinds = [
  ['shipped', shippedEvent, frame.parties.supplier],
  ['arrived', arrivedEvent, frame.parties.carrier],
  ['received', receivedEvent, frame.parties.warehouse],
  ['inspected', inspectedEvent, frame.parties.warehouse],
  ['received again', secondReceivedEvent, frame.parties.warehouse],
  ['withdrawn', withdrawnEvent, frame.parties.warehouse],
] as const;

describe('the events of the goods', () => {
  it.each(kinds)('%s: conforms to EPCIS 2.0 and names who records it', (_name, eventOf, by) => {
    const json = JSON.stringify(eventOf(frame, 120_000n));
    expect(recordableEvent(json).key).toMatch(/^[0-9a-f]{64}$/);
    expect(json).toContain(by);
    expect(json).toContain('"quantity":120000,"uom":"BLL"');
  });

  it('are six different events, and six other ones in another run', () => {
    const keys = ['po_0001', 'po_0001-2'].flatMap((order) => {
      return kinds.map(([, eventOf]) => {
        return recordableEvent(JSON.stringify(eventOf({ ...frame, order }, 1n))).key;
      });
    });
    expect(new Set(keys).size).toBe(2 * kinds.length);
  });
});

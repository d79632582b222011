import { describe, expect, it } from 'vitest';
import { recordableEvent } from './recordableEvent.js';

/** A location number whose last digit should be 0. */
const BAD_PLACE = 'https://id.gs1.org/414/9521234000011';

const event = {
  '@context': ['https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld'],
  type: 'ObjectEvent',
  eventTime: '2026-03-01T15:30:00.003+08:00',
  eventTimeZoneOffset: '+08:00',
  action: 'OBSERVE',
  bizStep: 'receiving',
  epcList: ['urn:epc:id:sgtin:4012345.011111.1'],
};

describe('an event to be recorded', () => {
  it('has the same hash however it is spelt', () => {
    const first = recordableEvent(JSON.stringify(event));
    const members = Object.entries(event).reverse();
    const turned = recordableEvent(JSON.stringify(Object.fromEntries(members), null, 2));
    expect(first.hash).toMatch(/^ni:\/\/\/sha-256;[0-9a-f]{64}\?ver=CBV2\.0$/);
    expect(turned.hash).toBe(first.hash);
    expect(first.hash).toContain(first.key);
    expect(turned.event).not.toEqual(first.event);
  });

  it.each([
    ['not JSON', '{'],
    ['no event', '{}'],
    ['a wrong action', JSON.stringify({ ...event, action: 'CHANGE' })],
    ['a wrong check digit', JSON.stringify({ ...event, readPoint: { id: BAD_PLACE } })],
    ['a document', JSON.stringify({ type: 'EPCISDocument', '@context': event['@context'] })],
  ])('is refused when it is %s', (_name, json) => {
    const refusal = expect.objectContaining({ code: 'EVENT_IS_INVALID', retry: 'never' });
    expect(() => recordableEvent(json)).toThrow(refusal);
  });
});

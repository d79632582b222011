import { limits } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { captureOf, context, events, faultsOf, queryOf } from './testEvents.js';

fc.configureGlobal({ seed: 20_261_121 });

describe('a document as a whole is refused:', () => {
  it.each<[string, unknown, string[]]>([
    ['what is no object', [], ['value_has_wrong_type ']],
    ['null', null, ['value_has_wrong_type ']],
    ['an empty object', {}, ['member_missing /@context', 'member_missing /type']],
    [
      'a capture without body',
      { ...captureOf(), epcisBody: undefined },
      ['member_missing /epcisBody'],
    ],
    [
      'a body without events',
      { ...captureOf(), epcisBody: {} },
      ['member_missing /epcisBody/eventList'],
    ],
    ['an event that is none', captureOf(7), ['value_has_wrong_type /epcisBody/eventList/0']],
    [
      'an unknown member of a document',
      { ...captureOf(), creationdate: 'x' },
      ['member_unknown /creationdate'],
    ],
    [
      'a date of creation',
      { ...captureOf(), creationDate: 'today' },
      ['time_malformed /creationDate'],
    ],
    [
      'a version in words',
      { ...captureOf(), schemaVersion: 'two' },
      ['version_malformed /schemaVersion'],
    ],
    [
      'a header of another kind',
      { ...captureOf(), epcisHeader: { sbdh: {} } },
      ['member_unknown /epcisHeader/sbdh'],
    ],
    [
      'a result without name',
      { ...queryOf(), epcisBody: { queryResults: { resultsBody: { eventList: [] } } } },
      ['member_missing /epcisBody/queryResults/queryName'],
    ],
  ])('%s', (_, document, wanted) => {
    expect(faultsOf(document, 'schema')).toEqual(wanted);
  });

  it('tells all faults of all events, each at its place', () => {
    const { '@context': _, ...event } = events.object;
    const document = captureOf({ ...event, action: 'CREATE', eventTime: 'x' }, event, {
      ...event,
      bizStep: 'eating',
    });
    expect(faultsOf(document, 'schema')).toEqual([
      'time_malformed /epcisBody/eventList/0/eventTime',
      'action_unknown /epcisBody/eventList/0/action',
      'word_unknown /epcisBody/eventList/2/bizStep',
    ]);
  });

  it('stops counting at the limit', () => {
    const wrong = { ...events.object, epcList: Array.from({ length: 500 }, () => 'x') };
    expect(faultsOf(wrong, 'schema')).toHaveLength(limits.epcisFaultsMax);
  });
});

describe('validateDocument', () => {
  it('gives an answer to any JSON, with a pointer for every fault', () => {
    const names = fc.constantFrom(
      ...[
        'type',
        '@context',
        'eventTime',
        'epcList',
        'readPoint',
        'sensorElementList',
        'ilmd',
        'ex:x',
        '',
      ],
    );
    const values = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom('ObjectEvent', 'EPCISDocument', context),
    );
    fc.assert(
      fc.property(
        fc.dictionary(names, values),
        fc.constantFrom(...Object.values(events)),
        (members, event) => {
          for (const level of ['schema', 'conformance'] as const) {
            const faults = faultsOf({ ...event, ...members }, level);
            for (const fault of faults) expect(fault).toMatch(/^[a-z_]+ (\/.*)?$/s);
          }
        },
      ),
    );
  });
});

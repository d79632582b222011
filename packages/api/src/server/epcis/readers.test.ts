import { defined, type PartyId, type QueryReader, success } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { createFakeNode } from '../../testing/fakeBackend.js';
import { fakeEvents } from '../../testing/fakeEvents.js';
import { createTestServer, type TestServer } from '../../testing/inject.js';
import type { PrivilegedRead } from '../access/accessPorts.js';
import { digestOfToken } from '../access/sessions.js';

const BASE = '/v1/epcis';
const EPC = 'urn:epc:id:sgtin:4012345.011111.1';
/** Who submitted every event of `fakeEvents`. */
const CARRIER = 'dev:carrier';
const ROLES: Readonly<Record<string, readonly string[]>> = {
  [CARRIER]: ['CARRIER'],
  'dev:bank': ['LENDER'],
  'dev:regulator': ['REGULATOR'],
};
const event = {
  type: 'ObjectEvent',
  eventID: 'urn:uuid:1',
  eventTime: '2026-03-01T00:00:00Z',
  eventTimeZoneOffset: '+00:00',
  action: 'OBSERVE',
  bizStep: 'receiving',
  epcList: [EPC],
};

let logged: PrivilegedRead[];
let server: TestServer;

beforeEach(() => {
  logged = [];
  const events = fakeEvents([event]);
  const reader = async (height?: number) => {
    const found = await events.reader(height);
    return found.ok ? success(withParties(found.value)) : found;
  };
  const node = createFakeNode({ blocks: 1, replace: { ...events, reader } });
  server = createTestServer(node, {
    access: {
      nowMs: () => 1_800_000_000_000,
      verifyLogin: async () => false,
      partyOfCertificate: () => undefined,
      findToken: async (sha256) => {
        const party = Object.keys(ROLES).find((one) => digestOfToken(one) === sha256);
        if (party !== undefined) return { party: party as PartyId, scopes: ['events'] };
        if (sha256 !== digestOfToken('objects')) return undefined;
        return { party: CARRIER as PartyId, scopes: ['objects'] };
      },
      log: { append: async (read) => void logged.push(read), query: async () => [] },
    },
  });
});

const paths = [
  '/events',
  `/events?MATCH_epc=${EPC}`,
  '/events?EQ_bizStep=receiving',
  `/epcs/${encodeURIComponent(EPC)}/events`,
  '/bizSteps/receiving/events',
];
const told = [...paths, '/events/urn:uuid:1', '/epcs', '/bizSteps'];

describe('who may read EPCIS events', () => {
  it.each(told)('%s tells the submitter, and nobody that the event does not name', async (path) => {
    const own = await server.get(BASE + path, bearer(CARRIER));
    expect(own.status, own.text).toBe(200);
    expect(own.text).toMatch(/urn:uuid:1|4012345|receiving/);
    for (const headers of [{}, bearer('dev:bank')]) {
      const { text } = await server.get(BASE + path, headers);
      expect(text).not.toMatch(/"eventID"|"epcList"|"OBSERVE"/);
      if (!path.includes('?')) expect(text).not.toMatch(/"(urn:epc|https:..id.gs1|receiving)/);
    }
    expect(logged).toEqual([]);
  });

  it.each(paths)('%s is logged when only a role opens it', async (path) => {
    const { status, text } = await server.get(BASE + path, bearer('dev:regulator'));
    expect([status, text.includes('urn:uuid:1')]).toEqual([200, true]);
    expect(defined(logged[0], 'an entry').subjects[0]).toMatch(/^trace\/event\//);
  });

  it('a token for other parts of the API opens no events', async () => {
    const refused = await server.get(`${BASE}/events`, bearer('objects'));
    expect(refused.status).toBe(403);
    expect(refused.body.type).toBe('epcisException:SecurityException');
  });
});

function bearer(token: string): Record<string, string> {
  return { authorization: `Bearer ${token}` };
}

/** A reader of events that knows who is registered, too. */
function withParties(reader: QueryReader): QueryReader {
  return {
    ...reader,
    get: async (table, ...parts) => {
      if (table.name !== 'party') return reader.get(table, ...parts);
      const roles = ROLES[parts[0] ?? ''];
      return roles && ({ id: parts[0], state: 'ACTIVE', roles } as never);
    },
  };
}

import type { CborMap } from '@triflow/protocol';
import { beforeEach, describe, expect, it } from 'vitest';
import { ask } from '../ask.js';
import { partyRegistry } from '../party-registry/index.js';
import { given, type Outcome, type World } from '../testkit.js';
import { monitoring } from './index.js';
import { criticalAlertProblem, openCriticalAlert, recordAlert } from './internal.js';
import { alerts } from './keys.js';
import { theAlert as alertOf, callerNamed } from './monitorWorld.js';
import type { Alert } from './schema.js';

const HOUR_MS = 3_600_000;
const evidence = { hash: `sha256:${'0'.repeat(64)}`, mediaType: 'application/pdf' };
const payment = callerNamed('payment', 'raise_alert', 'clear_alert');

let world: World;
let reader: { get: World['read'] };

beforeEach(() => {
  world = given({
    contracts: [partyRegistry, monitoring, payment],
    parties: {
      keeper: ['WAREHOUSE'],
      bank: ['LENDER'],
      sister: ['LENDER'],
      buyer: ['BUYER'],
    },
  });
  reader = { get: world.read };
  const declared = { id: world.id('keeper'), other: world.id('sister') };
  const affiliation = { ...declared, kind: 'common_control', evidence };
  expect(world.submit('keeper', 'party-registry', 'declare_affiliation', affiliation).code).toBe(
    'success',
  );
});

describe('an alert from a record', () => {
  it('is one alert for an episode, however often it is raised', () => {
    expect(raise('LATE_PAYMENT', 'in_1').events.map(({ type }) => type)).toEqual(['alert.raised']);
    expect(raise('LATE_PAYMENT', 'in_1').events).toEqual([]);
    raise('LATE_PAYMENT', 'in_1', { episode: 'ob_2' });
    raise('LATE_PAYMENT', 'in_2');
    expect(
      world
        .records(alerts)
        .map(({ asset, episode }) => `${asset} ${episode}`)
        .sort(),
    ).toEqual(['in_1 -.1', 'in_1 ob_2.1', 'in_2 -.1']);
  });

  it('is RESOLVED when the record shows that the cause is gone; the next one is a new episode', () => {
    raise('LTV_BREACH', 'pl_1');
    expect(clear('LTV_BREACH', 'pl_1').events.map(({ type }) => type)).toEqual(['alert.cleared']);
    expect(clear('LTV_BREACH', 'pl_1').events).toEqual([]);
    expect(recordAlert(reader, 'LTV_BREACH', 'pl_1')?.state).toBe('RESOLVED');
    raise('LTV_BREACH', 'pl_1');
    expect(recordAlert(reader, 'LTV_BREACH', 'pl_1')?.episode).toBe('-.2');
  });

  it('N2: an open critical alert is found on its asset until it is closed', () => {
    raise('LATE_PAYMENT', 'wr_1');
    expect(criticalAlertProblem(reader, 'wr_1').code).toBe('success');
    raise('COUNT_MISMATCH', 'wr_1', { severity: 'critical' });
    expect(openCriticalAlert(reader, 'lt_1', 'wr_1')).toMatch(/^al_/);
    expect(criticalAlertProblem(reader, 'lt_1', 'wr_1').code).toBe('critical_alert_open');
    expect(criticalAlertProblem(reader, 'lt_1').code).toBe('success');
    const alert = theAlert('COUNT_MISMATCH');
    expect(send('keeper', 'resolve', { ...change(alert), evidence }).code).toBe('success');
    expect(criticalAlertProblem(reader, 'wr_1').code).toBe('success');
  });
});

describe('the life of an alert', () => {
  it('is acknowledged and resolved by who owns the duty, with fresh versions', () => {
    raise('STALE_PRICE', 'pl_1');
    const raised = theAlert('STALE_PRICE');
    expect(send('bank', 'acknowledge', change(raised)).code).toBe('signer_not_party_to_object');
    expect(send('keeper', 'acknowledge', { id: 'al_none', expectedVersion: 1 }).code).toBe(
      'object_not_found',
    );
    expect(send('keeper', 'acknowledge', { id: raised.id, expectedVersion: 2 }).code).toBe(
      'object_version_is_stale',
    );
    expect(send('keeper', 'acknowledge', change(raised)).code).toBe('success');
    const acked = theAlert('STALE_PRICE');
    expect(acked).toMatchObject({ state: 'ACKED', version: 2 });
    expect(send('keeper', 'acknowledge', change(acked)).code).toBe('state_forbids_command');
    expect(send('keeper', 'resolve', { ...change(acked), evidence }).code).toBe('success');
    expect(theAlert('STALE_PRICE')).toMatchObject({ state: 'RESOLVED', closed: { evidence } });
    expect(send('keeper', 'resolve', { ...change(theAlert('STALE_PRICE')), evidence }).code).toBe(
      'state_forbids_command',
    );
  });

  it('is escalated by anyone past its deadline, and no earlier', () => {
    raise('LTV_BREACH', 'pl_1');
    const { id, ackBy, raisedAt } = theAlert('LTV_BREACH');
    expect(ackBy - raisedAt).toBe(HOUR_MS);
    world.setTime(ackBy - 1_000);
    expect(send('buyer', 'escalate', { id }).code).toBe('deadline_not_reached');
    world.setTime(ackBy);
    expect(send('buyer', 'escalate', { id }).code).toBe('success');
    expect(send('buyer', 'escalate', { id }).code).toBe('state_forbids_command');
    expect(send('buyer', 'escalate', { id: 'al_none' }).code).toBe('object_not_found');
    expect(theAlert('LTV_BREACH').state).toBe('ESCALATED');
  });

  it('ACKED has a deadline of its own', () => {
    raise('LTV_BREACH', 'pl_1');
    const raised = theAlert('LTV_BREACH');
    send('keeper', 'acknowledge', change(raised));
    world.setTime(raised.ackBy + 1);
    expect(send('buyer', 'escalate', { id: raised.id }).code).toBe('deadline_not_reached');
    world.setTime(raised.resolveBy);
    expect(send('buyer', 'escalate', { id: raised.id }).code).toBe('success');
  });

  it('is false only when two different, independent parties say so', () => {
    raise('LTV_BREACH', 'pl_1');
    const alert = theAlert('LTV_BREACH');
    const open = (second: string, by = 'keeper', expectedVersion = 1): string => {
      const said = { reason: 'sensor fault', second: world.id(second) };
      return send(by, 'mark_false', { id: alert.id, expectedVersion, ...said }).code;
    };
    expect(open('keeper')).toBe('parties_must_differ');
    expect(open('buyer')).toBe('second_party_not_independent');
    expect(open('sister')).toBe('second_party_not_independent');
    expect(open('bank', 'bank')).toBe('signer_not_party_to_object');
    expect(open('bank', 'keeper', 2)).toBe('object_version_is_stale');
    expect(open('bank')).toBe('success');
    expect(theAlert('LTV_BREACH').state).toBe('RAISED');
    expect(world.countersign('sister', 'monitoring', alert.id).code).toBe(
      'signer_not_party_to_object',
    );
    expect(world.countersign('bank', 'monitoring', alert.id).code).toBe('success');
    const closed = { by: world.id('keeper'), second: world.id('bank'), reason: 'sensor fault' };
    expect(theAlert('LTV_BREACH')).toMatchObject({ state: 'FALSE', closed });
    expect(open('bank', 'keeper', 2)).toBe('state_forbids_command');
  });
});

describe('alertBacklog', () => {
  it('lists open alerts of a severity by age, and says which are overdue', async () => {
    raise('LTV_BREACH', 'pl_1');
    world.advance(2 * HOUR_MS);
    raise('LTV_BREACH', 'pl_2');
    raise('LATE_PAYMENT', 'in_1');
    const backlog = async (age: number): Promise<unknown> => {
      const answer = await ask(world, monitoring, 'alertBacklog', { severity: 'critical', age });
      const { items } = answer.data as { items: { asset: string; overdue: boolean }[] };
      return items.map(({ asset, overdue }) => `${asset} ${overdue}`).sort();
    };
    expect(await backlog(0)).toEqual(['pl_1 true', 'pl_2 false']);
    expect(await backlog(HOUR_MS)).toEqual(['pl_1 true']);
  });
});

function raise(kind: string, asset: string, more: CborMap = {}): Outcome {
  const params = { kind, asset, owner: world.id('keeper'), ...more };
  return world.submit('keeper', 'payment', 'raise_alert', params);
}

function clear(kind: string, asset: string): Outcome {
  return world.submit('keeper', 'payment', 'clear_alert', { kind, asset });
}

function send(alias: string, name: string, params: CborMap): Outcome {
  return world.submit(alias, 'monitoring', name, params);
}

function theAlert(kind: string): Alert {
  return alertOf(world, kind);
}

function change({ id, version }: Alert): { id: string; expectedVersion: number } {
  return { id, expectedVersion: version };
}

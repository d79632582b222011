import {
  defined,
  hexFromBytes,
  limits,
  observersTable,
  parametersAt,
  parametersTable,
  validatorSetsTable,
  validatorSetTable,
} from '@triflow/protocol';
import { afterAll, describe, expect, it } from 'vitest';
import { ask } from '../ask.js';
import { createReach } from '../createReach.js';
import { allContracts } from '../registry.js';
import type { World } from '../testkit.js';
import {
  addition,
  carry,
  consensusKey,
  govern,
  governance,
  governanceWorld,
  peerIdOf,
  proposeChange,
  readiness,
} from './governanceWorld.js';
import { isFeatureActive } from './internal.js';
import { anchorHeads, anchors, features, proposals } from './keys.js';
import { statusCodes } from './statusCodes.js';

const reach = createReach();
const start = (n: number): World => reach.watch(governanceWorld(n));

afterAll(() => {
  expect(reach.missing('governance', statusCodes)).toEqual([]);
});

describe('proposals', () => {
  it('pass when more than two thirds of the active governors say yes', () => {
    const world = start(4);
    expect(proposeChange(world, 'a', removal('v4')).code).toBe('validator_change_too_large');
    expect(proposeChange(world, 'a', addition(world, 5)).code).toBe('success');
    expect(vote(world, 'g1', 'a', true).code).toBe('success');
    expect(vote(world, 'g1', 'a', true).code).toBe('vote_already_cast');
    expect(vote(world, 'g2', 'a', true).code).toBe('success');
    // Two of four are not more than two thirds.
    expect(stateOf(world, 'a')).toBe('OPEN');
    expect(vote(world, 'g3', 'a', true).code).toBe('success');
    expect(stateOf(world, 'a')).toBe('PASSED');
    expect(vote(world, 'g4', 'a', true).code).toBe('state_forbids_command');
  });

  it('are lost as soon as the others can no longer carry them', () => {
    const world = start(4);
    proposeChange(world, 'a', addition(world, 5));
    vote(world, 'g1', 'a', false);
    expect(stateOf(world, 'a')).toBe('OPEN');
    vote(world, 'g2', 'a', false);
    expect(stateOf(world, 'a')).toBe('REJECTED');
  });

  it('count only those who govern when the vote is counted', () => {
    const world = start(4);
    proposeChange(world, 'a', addition(world, 5));
    vote(world, 'g1', 'a', true);
    vote(world, 'g2', 'a', true);
    const g2 = { id: world.id('g2'), expectedVersion: 1 };
    expect(world.submit('regulator', 'party-registry', 'suspend', g2).code).toBe('success');
    expect(vote(world, 'g2', 'a', true).code).toBe('party_not_active');
    // Of three active governors two have said yes: 2 · 3 is not more than 3 · 2.
    vote(world, 'g3', 'a', true);
    expect(stateOf(world, 'a')).toBe('OPEN');
    vote(world, 'g4', 'a', true);
    expect(stateOf(world, 'a')).toBe('PASSED');
  });

  it('are for GOVERNORs, once an id, in time', () => {
    const world = start(4);
    const change = addition(world, 5);
    expect(govern(world, 'bank', 'propose', { id: 'gp_a', change }).code).toBe('signer_lacks_role');
    expect(vote(world, 'bank', 'a', true).code).toBe('signer_lacks_role');
    expect(vote(world, 'g1', 'a', true).code).toBe('object_not_found');
    expect(govern(world, 'g1', 'propose', { id: 'gp_a' }).code).toBe('params_are_invalid');
    expect(proposeChange(world, 'a', change, { activateAt: 2 }).code).toBe('deadline_has_passed');
    proposeChange(world, 'a', change);
    expect(proposeChange(world, 'a', change).code).toBe('id_already_exists');
    expect(expire(world, 'a').code).toBe('deadline_not_reached');
    world.advance(31 * 86_400_000);
    expect(vote(world, 'g1', 'a', true).code).toBe('deadline_has_passed');
    expect(expire(world, 'a').code).toBe('success');
    expect(expire(world, 'a').code).toBe('state_forbids_command');
    expect(expire(world, 'nothing').code).toBe('object_not_found');
  });

  it('that passed and were not activated in their time expire', () => {
    const world = start(4);
    proposeChange(world, 'a', addition(world, 5));
    carry(world, 'a');
    expect(expire(world, 'a').code).toBe('deadline_not_reached');
    world.advance(31 * 86_400_000);
    expect(join(world, 'a', 5).code).toBe('deadline_has_passed');
    expect(expire(world, 'a').code).toBe('success');
  });
});

describe('validators', () => {
  it('R-S1: a new seat counts from two heights after its activation', () => {
    const world = start(4);
    proposeChange(world, 'a', addition(world, 5));
    carry(world, 'a');
    expect(join(world, 'a', 5).code).toBe('success');
    const { height } = world.reader();
    const sets = world.must(validatorSetsTable, 'all').sets;
    expect(sets.map((one) => [one.fromHeight, one.validators.length])).toEqual([
      [1, 4],
      [height + 2, 5],
    ]);
    expect(world.must(proposals, 'gp_a')).toMatchObject({
      state: 'EXECUTED',
      inForceFrom: height + 2,
    });
    expect(join(world, 'a', 5).code).toBe('state_forbids_command');
  });

  it('R-S3: the candidate signs with its key, over a recent committed block', () => {
    const world = start(4);
    proposeChange(world, 'a', addition(world, 5));
    expect(join(world, 'a', 5).code).toBe('state_forbids_command');
    carry(world, 'a');
    expect(join(world, 'a', 5, 'g1').code).toBe('signer_not_party_to_object');
    expect(activate(world, 'node-5', 'a').code).toBe('readiness_not_signed');
    const other = { readiness: readiness(world, 'v5', consensusKey(6)) };
    expect(activate(world, 'node-5', 'a', other).code).toBe('readiness_not_signed');
    const ofAnother = { readiness: readiness(world, 'v6', consensusKey(5)) };
    expect(activate(world, 'node-5', 'a', ofAnother).code).toBe('readiness_not_signed');
    const early = { readiness: readiness(world, 'v5', consensusKey(5), 1_000_000) };
    expect(activate(world, 'node-5', 'a', early).code).toBe('readiness_is_stale');
    const old = { readiness: readiness(world, 'v5', consensusKey(5)) };
    for (let i = 0; i < limits.readinessAgeMax; i += 1) vote(world, 'g1', 'a', true);
    expect(activate(world, 'node-5', 'a', old).code).toBe('readiness_is_stale');
    expect(join(world, 'a', 5).code).toBe('success');
  });

  it('R-S3: ids, peers and keys are fresh, and a key once used never returns', () => {
    const world = start(5);
    const propose = (changes: object) => {
      const change = addition(world, 6, changes as never);
      return proposeChange(world, 'x', change).code;
    };
    expect(propose({ validator: 'v1' })).toBe('id_already_exists');
    expect(propose({ party: 'uscc:TEST-nobody' })).toBe('reference_not_found');
    expect(propose({ peerId: peerIdOf(2) })).toBe('peer_already_admitted');
    expect(propose({ publicKey: new Uint8Array(32) })).toBe('key_is_invalid');
    expect(propose({ publicKey: consensusKey(1).publicKey })).toBe('consensus_key_already_used');
    proposeChange(world, 'out', removal('v5'));
    carry(world, 'out');
    expect(activate(world, 'bank', 'out').code).toBe('signer_lacks_role');
    expect(activate(world, 'g4', 'out').code).toBe('success');
    pass(world, 2);
    const back = addition(world, 6, { publicKey: consensusKey(5).publicKey });
    expect(proposeChange(world, 'back', back).code).toBe('consensus_key_already_used');
  });

  it('a key of an account is none for votes', () => {
    const world = start(4);
    const { publicKey } = consensusKey(9);
    const own = { id: world.id('bank'), keyId: 'main', suite: 'ed25519', publicKey };
    expect(world.submit('bank', 'party-registry', 'add_key', own).code).toBe('success');
    const change = addition(world, 5, { publicKey });
    expect(proposeChange(world, 'a', change).code).toBe('consensus_key_already_used');
  });

  it('G1: at most max(1, f) change in one block, and a removal leaves four', () => {
    const world = start(4);
    for (const number of [5, 6]) {
      proposeChange(world, `add${number}`, addition(world, number));
      carry(world, `add${number}`);
    }
    const steps = [5, 6].map((number) => ({
      contract: 'governance',
      name: 'activate',
      params: {
        id: `gp_add${number}`,
        readiness: readiness(world, `v${number}`, consensusKey(number)),
      },
    }));
    const both = world.submitAll('node-5', steps);
    expect(both.code).toBe('signer_not_party_to_object');
    expect(join(world, 'add5', 5).code).toBe('success');
    expect(join(world, 'add6', 6).code).toBe('success');
    pass(world, 2);
    // Six tolerate one: two removals in one block are too many, in two blocks they are not.
    for (const id of ['v1', 'v2']) {
      proposeChange(world, `out-${id}`, removal(id));
      carry(world, `out-${id}`);
    }
    const outs = ['v1', 'v2'].map((id) => {
      return { contract: 'governance', name: 'activate', params: { id: `gp_out-${id}` } };
    });
    expect(world.submitAll('g1', outs).code).toBe('validator_change_too_large');
    expect(activate(world, 'g1', 'out-v1').code).toBe('success');
    expect(activate(world, 'g1', 'out-v2').code).toBe('success');
    expect(proposeChange(world, 'more', removal('v3')).code).toBe('validator_change_too_large');
  });

  it('a new key is ready before it counts, and the seat keeps its name', () => {
    const world = start(4);
    const change = rekey('v2', 8);
    proposeChange(world, 'a', change);
    carry(world, 'a');
    const ready = { readiness: readiness(world, 'v2', consensusKey(8)) };
    expect(activate(world, 'node-3', 'a', ready).code).toBe('signer_not_party_to_object');
    expect(activate(world, 'node-2', 'a', ready).code).toBe('success');
    const last = world.must(validatorSetsTable, 'all').sets.at(-1);
    const seat = last?.validators.find((one) => one.id === 'v2');
    expect(hexFromBytes(defined(seat, 'v2').publicKey)).toBe(
      hexFromBytes(consensusKey(8).publicKey),
    );
    expect(proposeChange(world, 'b', rekey('v9', 7)).code).toBe('reference_not_found');
  });

  it('a vote against a seat does not outlive its holder', () => {
    const world = start(5);
    proposeChange(world, 'slow', removal('v5'));
    carry(world, 'slow');
    proposeChange(world, 'late', removal('v5'));
    proposeChange(world, 'rekey', rekey('v5', 10));
    carry(world, 'rekey');
    const ready = { readiness: readiness(world, 'v5', consensusKey(10)) };
    expect(activate(world, 'node-5', 'rekey', ready).code).toBe('success');
    pass(world, 2);
    expect(activate(world, 'g1', 'slow').code).toBe('validator_seat_changed');
    carry(world, 'late');
    expect(world.must(proposals, 'gp_late')).toMatchObject({
      state: 'REJECTED',
      rejectedFor: 'validator_seat_changed',
    });
  });

  it('sets that were replaced stay until evidence of their heights is too old (R-E2)', () => {
    const world = start(5);
    const young = { contract: 'consensus', name: 'evidenceMaxAge', value: 20 };
    proposeChange(world, 'age', { kind: 'set_parameter', body: young });
    carry(world, 'age');
    pass(world, 3);
    for (let key = 20; key < 30; key += 1) {
      proposeChange(world, `k${key}`, rekey('v5', key));
      carry(world, `k${key}`);
      const ready = { readiness: readiness(world, 'v5', consensusKey(key)) };
      expect(activate(world, 'node-5', `k${key}`, ready).code).toBe('success');
    }
    const { sets, earlier } = world.must(validatorSetsTable, 'all');
    expect(sets.length).toBeLessThanOrEqual(limits.validatorSetsInForceMax);
    expect(earlier.length).toBeGreaterThan(0);
    expect(world.records(validatorSetTable).map((one) => one.fromHeight)).toEqual(earlier);
    expect(earlier).not.toContain(1);
  });
});

describe('observers', () => {
  it('come and go by vote, and may become validators under the same peer', () => {
    const world = start(4);
    const body = { party: world.id('bank'), peerId: peerIdOf(7) };
    const add = { kind: 'add_observer', body };
    expect(proposeChange(world, 'x', { ...add, body: { ...body, peerId: peerIdOf(1) } }).code).toBe(
      'peer_already_admitted',
    );
    const unknown = { kind: 'remove_observer', body: { peerId: peerIdOf(7) } };
    expect(proposeChange(world, 'x', unknown).code).toBe('reference_not_found');
    const stranger = { ...add, body: { ...body, party: 'uscc:TEST-nobody' } };
    expect(proposeChange(world, 'x', stranger).code).toBe('reference_not_found');
    proposeChange(world, 'a', add);
    carry(world, 'a');
    expect(activate(world, 'g2', 'a').code).toBe('success');
    expect(world.must(observersTable, 'all').observers).toEqual([body]);
    const others = addition(world, 5, { peerId: peerIdOf(7) });
    expect(proposeChange(world, 'b', others).code).toBe('peer_already_admitted');
    const own = addition(world, 5, { peerId: peerIdOf(7), party: world.id('bank') });
    proposeChange(world, 'b', own);
    carry(world, 'b');
    expect(join(world, 'b', 5, 'bank').code).toBe('success');
    expect(world.must(observersTable, 'all').observers).toEqual([]);
  });

  it('were validators perhaps: once its seat has ended a peer may follow, and come back', () => {
    const world = start(5);
    proposeChange(world, 'out', removal('v5'));
    carry(world, 'out');
    expect(activate(world, 'g1', 'out').code).toBe('success');
    const body = { party: world.id('node-5'), peerId: peerIdOf(5) };
    const follow = { kind: 'add_observer', body };
    expect(proposeChange(world, 'early', follow).code).toBe('peer_already_admitted');
    pass(world, 2);
    proposeChange(world, 'follow', follow);
    carry(world, 'follow');
    expect(activate(world, 'g1', 'follow').code).toBe('success');
    expect(world.must(observersTable, 'all').observers).toEqual([body]);
    proposeChange(world, 'back', addition(world, 5, { publicKey: consensusKey(15).publicKey }));
    carry(world, 'back');
    const ready = { readiness: readiness(world, 'v5', consensusKey(15)) };
    expect(activate(world, 'node-5', 'back', ready).code).toBe('success');
    expect(world.must(observersTable, 'all').observers).toEqual([]);
  });
});

describe('parameters and features', () => {
  it('G2: a value counts from its height, not before', () => {
    const world = start(4);
    const { height } = world.reader();
    const at = height + 10;
    proposeChange(world, 'a', parameter('price-feed', 'days', 45), { activateAt: at });
    carry(world, 'a');
    const record = world.must(parametersTable, 'price-feed');
    expect(parametersAt(record, at - 1).days).toBe(30);
    expect(parametersAt(record, at).days).toBe(45);
    expect(activate(world, 'g1', 'a').code).toBe('state_forbids_command');
    expect(expire(world, 'a').code).toBe('state_forbids_command');
    // Without a wish it counts two heights after the vote that carried it.
    proposeChange(world, 'b', parameter('price-feed', 'strict', false));
    carry(world, 'b');
    const passed = world.must(proposals, 'gp_b');
    expect(passed.inForceFrom).toBe(world.reader().height + 2);
  });

  it('G2: values are typed and bounded, by the code that uses them', () => {
    const world = start(4);
    const code = (contract: string, name: string, value: never) => {
      return proposeChange(world, 'x', parameter(contract, name, value)).code;
    };
    expect(code('price-feed', 'days', 61 as never)).toBe('parameter_out_of_bounds');
    expect(code('price-feed', 'days', '3' as never)).toBe('parameter_out_of_bounds');
    expect(code('price-feed', 'basis', 'neither' as never)).toBe('parameter_out_of_bounds');
    expect(code('price-feed', 'holidays', 3 as never)).toBe('parameter_out_of_bounds');
    expect(code('price-feed', 'nothing', 3 as never)).toBe('parameter_unknown');
    expect(code('nobody', 'days', 3 as never)).toBe('parameter_unknown');
    expect(code('consensus', 'nothing', 3 as never)).toBe('parameter_unknown');
    expect(code('consensus', 'stateTreeDepth', 12 as never)).toBe('parameter_is_fixed');
    expect(code('consensus', 'blockIntervalMs', 0 as never)).toBe('parameter_out_of_bounds');
    expect(code('consensus', 'heartbeatMs', 100 as never)).toBe('parameter_out_of_bounds');
    expect(code('governance', 'votingPeriodMs', 1 as never)).toBe('parameter_out_of_bounds');
  });

  it('G2: a text is one of a list or fits its pattern, a list has each number in bounds', () => {
    const world = start(4);
    const code = (name: string, value: never) =>
      proposeChange(
        world,
        `x-${name}-${String(value).length}`,
        parameter('price-feed', name, value),
      ).code;
    const refused: readonly (readonly [name: string, value: unknown])[] = [
      ['basis', 'both '],
      ['basis', 1],
      ['reading', '12'],
      ['reading', '1-2-3'],
      ['reading', 12],
      ['holidays', [0]],
      ['holidays', [5, 40_001]],
      ['holidays', '5'],
      ['strict', 1],
    ];
    for (const [name, value] of refused) {
      const found = code(name, value as never);
      expect([name, value, found]).toEqual([name, value, 'parameter_out_of_bounds']);
    }
    expect(code('holidays', ['5'] as never)).toBe('params_are_invalid');
    expect(code('basis', 'endorsement' as never)).toBe('success');
    expect(code('reading', '34-567' as never)).toBe('success');
    expect(code('holidays', [1, 40_000] as never)).toBe('success');
  });

  it('what is decided keeps room for little, and is checked with what else is decided', () => {
    const world = start(4);
    const far = world.reader().height + 1_000;
    for (let i = 0; i < limits.laterParametersMax; i += 1) {
      const change = parameter('price-feed', 'days', i + 1);
      expect(proposeChange(world, `p${i}`, change, { activateAt: far }).code).toBe('success');
      carry(world, `p${i}`);
    }
    expect(proposeChange(world, 'more', parameter('price-feed', 'days', 3)).code).toBe(
      'bound_exceeded',
    );
    const slow = parameter('consensus', 'heartbeatMs', 5_000);
    const slower = parameter('consensus', 'blockIntervalMs', 6_000);
    proposeChange(world, 'slow', slow);
    proposeChange(world, 'slower', slower);
    carry(world, 'slow');
    carry(world, 'slower');
    expect(world.must(proposals, 'gp_slower')).toMatchObject({
      state: 'REJECTED',
      rejectedFor: 'parameter_out_of_bounds',
    });
  });

  it('G3: a feature counts from its height', () => {
    const world = start(4);
    const change = { kind: 'activate_feature', body: { feature: 'private-records' } };
    proposeChange(world, 'a', change);
    carry(world, 'a');
    const { fromHeight } = world.must(features, 'private-records');
    const at = (height: number) => {
      const context = { height, get: world.read } as never;
      return isFeatureActive(context, 'private-records');
    };
    expect([at(fromHeight - 1), at(fromHeight)]).toEqual([false, true]);
    expect(proposeChange(world, 'b', change).code).toBe('feature_already_decided');
  });
});

describe('access log', () => {
  it('is anchored node by node by the party that runs it, entry after entry', async () => {
    const world = start(4);
    const root = `sha256:${'ab'.repeat(32)}`;
    const anchor = (alias: string, from: number, to: number, node = peerIdOf(1)) => {
      return govern(world, alias, 'anchor_access_log', { node, from, to, root }).code;
    };
    expect(anchor('bank', 1, 3)).toBe('signer_not_party_to_object');
    expect(anchor('node-1', 2, 3)).toBe('access_log_not_contiguous');
    expect(anchor('node-1', 1, 3)).toBe('success');
    expect(anchor('node-1', 3, 5)).toBe('access_log_not_contiguous');
    expect(anchor('node-1', 4, 3)).toBe('access_log_not_contiguous');
    expect(anchor('node-1', 4, 9)).toBe('success');
    expect(anchor('node-1', 1, 2, peerIdOf(2))).toBe('signer_not_party_to_object');
    expect(anchor('node-1', 10, 12, 'not a peer id')).toBe('params_are_invalid');
    expect(world.records(anchors).map((one) => one.to)).toEqual([3, 9]);
    // A second node of the same party keeps a log of its own, from its own first entry.
    const second = peerIdOf(40);
    const observer = { party: world.id('node-1'), peerId: second };
    proposeChange(world, 'second', { kind: 'add_observer', body: observer });
    carry(world, 'second');
    expect(activate(world, 'g2', 'second').code).toBe('success');
    expect(anchor('node-1', 10, 12, second)).toBe('access_log_not_contiguous');
    expect(anchor('node-1', 1, 2, second)).toBe('success');
    expect(anchor('node-1', 10, 12)).toBe('success');
    expect(world.must(anchorHeads, second)).toEqual({ to: 2 });
    const party = world.id('node-1');
    const answer = await ask(world, governance, 'accessLogAnchors', { party });
    expect(answer.data).toMatchObject({
      items: [{ from: 1 }, { from: 4 }, { from: 10 }, { from: 1, node: second }],
    });
  });
});

describe('queries', () => {
  it('tell what counts and what will', async () => {
    const world = start(4);
    proposeChange(world, 'a', parameter('price-feed', 'days', 9), { activateAt: 900 });
    carry(world, 'a');
    const answer = await ask(world, governance, 'parameters', { contract: 'price-feed' });
    expect(answer.data).toMatchObject({
      values: { days: 30 },
      later: [{ fromHeight: 900, name: 'days', value: 9 }],
    });
    expect((await ask(world, governance, 'parameters', { contract: 'x' })).data).toBeNull();
    expect((await ask(world, governance, 'validatorSets', {})).data).toMatchObject({
      sets: [{ fromHeight: 1 }],
    });
  });
});

describe('authority', () => {
  it('G4: governance calls no other contract, and nothing it does touches an asset', () => {
    for (const contract of allContracts) {
      for (const [name, internal] of contract.internals) {
        expect(internal.callers, `${contract.name}.${name}`).not.toContain('governance');
      }
    }
    expect(governance.tables.every((table) => table.contract === 'governance')).toBe(true);
  });
});

function removal(validator: string) {
  return { kind: 'remove_validator', body: { validator } };
}

function rekey(validator: string, number: number) {
  const { suite, publicKey } = consensusKey(number);
  return { kind: 'rekey_validator', body: { validator, suite, publicKey } };
}

function parameter(contract: string, name: string, value: never | number | boolean) {
  return { kind: 'set_parameter', body: { contract, name, value } };
}

function vote(world: World, alias: string, name: string, yes: boolean) {
  return govern(world, alias, 'vote', { id: `gp_${name}`, yes });
}

function expire(world: World, name: string) {
  return govern(world, 'bank', 'expire_proposal', { id: `gp_${name}` });
}

function activate(world: World, alias: string, name: string, extra: object = {}) {
  return govern(world, alias, 'activate', { id: `gp_${name}`, ...extra });
}

/** The candidate of an addition activates it with a fresh readiness signature. */
function join(world: World, name: string, number: number, alias = `node-${number}`) {
  const ready = readiness(world, `v${number}`, consensusKey(number));
  return activate(world, alias, name, { readiness: ready });
}

/** Lets blocks go by. */
function pass(world: World, blocks: number): void {
  for (let i = 0; i < blocks; i += 1) vote(world, 'bank', 'none', true);
}

function stateOf(world: World, name: string): string {
  return world.must(proposals, `gp_${name}`).state;
}

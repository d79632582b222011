import { allContracts } from '@triflow/contracts';
import { demoPartyAliases, genesisHashOf, verifyGenesisKeys } from '@triflow/crypto';
import { partyIdProblem } from '@triflow/epcis';
import { compareText, defined, parseGenesis } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { demoParties, demoParty } from './demoParties.js';
import { devnetGenesis, devnetNodeIds } from './genesis.js';

const base = { nodes: 4, chainId: 'triflow-dev-7f3a', timeMs: 1_795_000_000_000 };

describe('the genesis of a devnet', () => {
  const genesis = devnetGenesis(base);

  it('is a genesis, and every validator shows that it holds its key', () => {
    expect(parseGenesis(JSON.parse(JSON.stringify(genesis)))).toMatchObject({ ok: true });
    expect(verifyGenesisKeys(genesis)).toEqual({ ok: true, value: true });
    expect(genesis.devnet).toBe(true);
    expect(genesis.validators.map(({ id }) => id)).toEqual(['v1', 'v2', 'v3', 'v4']);
  });

  it('is the same on every machine', () => {
    expect(genesisHashOf(devnetGenesis(base))).toBe(genesisHashOf(genesis));
    expect(genesisHashOf(devnetGenesis({ ...base, nodes: 7 }))).not.toBe(genesisHashOf(genesis));
  });

  it('enables every contract there is', () => {
    const enabled = genesis.contracts.map(({ name, version }) => `${name} ${version}`);
    expect(enabled).toEqual(allContracts.map(({ name, version }) => `${name} ${version}`));
  });

  it('is refused by its own keys as soon as it is no devnet', () => {
    expect(verifyGenesisKeys({ ...genesis, devnet: false })).toMatchObject({ ok: false });
  });

  it('takes parameters over those of a laptop', () => {
    const parameters = { blockIntervalMs: 40, heartbeatMs: 500 };
    const other = devnetGenesis({ ...base, parameters });
    expect(other.parameters).toMatchObject({ ...parameters, proposeBaseMs: 1_000 });
  });

  it('names the nodes that a devnet starts: observers with other keys are somebody else’s', () => {
    const genesis = devnetGenesis({ nodes: 2, observers: 2, chainId: 'triflow-dev-1', timeMs: 1 });
    expect(devnetNodeIds(genesis)).toEqual(['v1', 'v2', 'v3', 'v4']);
    const ours = defined(genesis.observers[0], 'an observer');
    const foreign = { ...ours, peerId: defined(genesis.validators[0], 'a validator').peerId };
    const observers = [ours, foreign];
    expect(devnetNodeIds({ ...genesis, observers })).toEqual(['v1', 'v2', 'v3']);
    expect(devnetNodeIds({ ...genesis, observers: [foreign] })).toEqual(['v1', 'v2']);
  });

  it('gives 64 validators to the parties that run nodes', () => {
    const { validators, parties } = devnetGenesis({ ...base, nodes: 64 });
    const ids = new Set<string>(parties.map(({ id }) => id));
    expect(validators.every(({ party }) => ids.has(party))).toBe(true);
    expect(new Set(validators.map(({ party }) => party)).size).toBe(10);
  });

  it.each([
    { nodes: 0 },
    { nodes: 65 },
    { nodes: 1.5 },
    { chainId: 'Upper' },
    { timeMs: -1 },
    { parties: [] },
    { parameters: { blockIntervalMs: 0 } },
    { parameters: { blockIntervalMs: 5_000, heartbeatMs: 1_000 } },
  ])('refuses %j', (wrong) => {
    const refused = (): unknown => devnetGenesis({ ...base, ...wrong });
    expect(refused).toThrow(expect.objectContaining({ code: 'GENESIS_INVALID' }));
  });
});

describe('the demo parties', () => {
  it('are exactly those with a published key', () => {
    expect(demoParties.map(({ alias }) => alias).sort(compareText)).toEqual(
      [...demoPartyAliases].sort(compareText),
    );
    expect(demoParty('nobody')).toBeUndefined();
  });

  it('have ids with right check characters, each once', () => {
    expect(demoParties.filter(({ id }) => partyIdProblem(id) !== undefined)).toEqual([]);
    expect(new Set(demoParties.map(({ id }) => id)).size).toBe(demoParties.length);
  });

  it('include a company for every role of the demo', () => {
    const held = new Set(demoParties.flatMap(({ roles }) => roles));
    for (const role of ['CORE', 'BUYER', 'SUPPLIER', 'WAREHOUSE', 'LENDER', 'BANK', 'SUPERVISOR']) {
      expect(held).toContain(role);
    }
    for (const role of ['REGISTRY', 'ORACLE', 'CARRIER', 'GOVERNOR', 'REGULATOR', 'COURT']) {
      expect(held).toContain(role);
    }
  });
});

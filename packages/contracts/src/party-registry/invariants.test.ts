import { signerFromSeed } from '@triflow/crypto';
import { defined } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { brokenInvariants } from '../invariant.js';
import { machine, type RandomStep, runSteps } from '../runSteps.js';
import { given, type World } from '../testkit.js';
import { partyRegistry } from './index.js';
import { invariants } from './invariants.js';
import { parties } from './keys.js';
import { lifecycle } from './lifecycle.js';
import { statusCodes } from './statusCodes.js';

const ALIASES = ['governor', 'regulator', 'a', 'b', 'c'] as const;
const ROLES = ['BUYER', 'CARRIER', 'BANK'] as const;
const publicKeys = Array.from(
  { length: 8 },
  (_, seed) => signerFromSeed(new Uint8Array(32).fill(seed + 1)).publicKey,
);
const evidence = { hash: `sha256:${'0a'.repeat(32)}`, mediaType: 'application/pdf' };

const stepArbitrary = fc
  .record({ kind: fc.nat(8), who: fc.nat(4), whom: fc.nat(4), pick: fc.nat(7), late: fc.boolean() })
  .map(({ kind, who, whom, pick, late }): RandomStep => {
    return (world) => {
      const party = defined(ALIASES[whom], 'an alias');
      const id = world.id(party);
      const version = world.read(parties, id)?.version ?? 1;
      const expectedVersion = late ? version + 1 : version;
      const change = { id, expectedVersion };
      const publicKey = defined(publicKeys[pick], 'a key');
      const key = { keyId: `k${pick % 4}`, suite: 'ed25519', publicKey };
      const role = defined(ROLES[pick % 3], 'a role');
      const licence = { kind: 'banking', number: `L${pick}`, scope: 'all', validTo: 30_000 };
      const other = world.id(defined(ALIASES[pick % 5], 'an alias'));
      const commands = [
        [
          'register_party',
          { id: `dev:p${pick}`, name: 'P', roles: [role], sizeClass: 'micro', key },
        ],
        ['add_key', { id, ...key }],
        ['revoke_key', { ...change, keyId: key.keyId }],
        ['record_licence', { id, licence }],
        ['grant_role', { ...change, role }],
        ['revoke_role', { ...change, role }],
        ['declare_affiliation', { id, other, kind: 'family', evidence }],
        ['suspend', change],
        ['reinstate', change],
      ] as const;
      const [name, params] = defined(commands[kind], 'a command');
      const alias = defined(ALIASES[who], 'an alias');
      return { alias, contract: 'party-registry', name, params };
    };
  });

describe('party-registry under random commands', () => {
  it('keeps its invariants, its lifecycle and a clean state on refusal', () => {
    let accepted = 0;
    fc.assert(
      fc.property(fc.array(stepArbitrary, { minLength: 50, maxLength: 50 }), (steps) => {
        const report = runSteps(start, steps, {
          invariants,
          machines: [machine(parties, lifecycle.party)],
          statusCodes,
        });
        accepted += report.accepted;
        expect(report.problems).toEqual([]);
      }),
      { numRuns: 300, seed: 20_261_121 },
    );
    expect(accepted).toBeGreaterThan(100);
  });

  it('notices a broken record', () => {
    const world = start();
    const party = world.must(parties, world.id('a'));
    world.plant(parties, [party.id], { ...party, keyIds: ['gone'] });
    expect(brokenInvariants(invariants, world)).toHaveLength(1);
  });
});

function start(): World {
  return given({
    contracts: [partyRegistry],
    parties: {
      governor: ['GOVERNOR'],
      regulator: ['REGULATOR'],
      a: ['SUPPLIER'],
      b: ['LENDER'],
      c: ['PLATFORM'],
    },
  });
}

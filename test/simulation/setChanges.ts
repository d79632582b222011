import { demoSeed, publicKeyFromSeed, signSync } from '@triflow/crypto';
import { readRecord } from '@triflow/ledger';
import {
  type CborMap,
  type Command,
  equalBytes,
  readinessSignBytes,
  textFromHash,
  validatorSetsTable,
} from '@triflow/protocol';
import type { SetChange } from './plan.js';
import { labelOf, nextKeyLabel, OPERATOR, simPeerId } from './simGenesis.js';
import { headOf, type SimMember, type World } from './world.js';

const STEP_MS = 2_500;
const TRIES = 12;
const SUITE = 'ed25519';

/** Votes a change of the set through governance, from whichever node answers, until it stands. */
export function changeSet(world: World, kind: SetChange, number: number): void {
  const id = `gp_sim-${number}`;
  const target = targetOf(world, kind);
  let tries = 0;
  const step = (): void => {
    tries += 1;
    const member = best(world);
    if (member === undefined || stands(member, target)) return;
    const propose = command('propose', { id, change: target.change });
    const vote = command('vote', { id, yes: true });
    void world.send(member, OPERATOR, 'operator', [propose, vote]);
    const readiness = target.label === undefined ? {} : { readiness: ready(member, target) };
    void world.send(member, OPERATOR, 'operator', [command('activate', { id, ...readiness })]);
    if (tries < TRIES) world.scheduler.plan(STEP_MS, step);
  };
  step();
}

interface Target {
  readonly validator: string;
  readonly label?: string;
  readonly change: { readonly kind: string; readonly body: CborMap };
}

function targetOf(world: World, kind: SetChange): Target {
  const { nodes } = world.plan;
  if (kind === 'add') {
    const validator = labelOf(nodes);
    const body = { validator, party: OPERATOR, suite: SUITE, ...keyOf(validator) };
    const change = { kind: 'add_validator', body: { ...body, peerId: simPeerId(nodes) } };
    return { validator, label: validator, change };
  }
  if (kind === 'rekey') {
    const validator = labelOf(1);
    const label = nextKeyLabel(1);
    const body = { validator, suite: SUITE, ...keyOf(label) };
    return { validator, label, change: { kind: 'rekey_validator', body } };
  }
  const validator = labelOf(nodes - 1);
  return { validator, change: { kind: 'remove_validator', body: { validator } } };
}

function keyOf(label: string): { publicKey: Uint8Array } {
  return { publicKey: publicKeyFromSeed(demoSeed(label)) };
}

/** Whether the last set is as it should become. */
function stands(member: SimMember, { validator, label, change }: Target): boolean {
  const reader = member.node?.chain.state().reader;
  const record = reader === undefined ? undefined : readRecord(reader, validatorSetsTable, 'all');
  const seat = record?.sets.at(-1)?.validators.find((one) => one.id === validator);
  if (change.kind === 'remove_validator') return seat === undefined;
  if (seat === undefined) return false;
  return equalBytes(seat.publicKey, publicKeyFromSeed(demoSeed(label ?? '')));
}

/** A signature by the new key is judged inside the contract, so it is always a real one. */
function ready(member: SimMember, { validator, label }: Target): CborMap {
  const chain = member.node?.chain;
  const head = chain?.head();
  if (chain === undefined || head === undefined || label === undefined) return {};
  const seed = demoSeed(label);
  const message = readinessSignBytes(chain.binding, {
    validatorId: labelOf(Number(validator.slice(1)) - 1),
    suite: SUITE,
    publicKey: publicKeyFromSeed(seed),
    height: head.height,
    valueId: head.valueId,
  });
  const signature = signSync(seed, message);
  return { height: head.height, valueId: textFromHash(head.valueId), signature };
}

function best(world: World): SimMember | undefined {
  const able = world.running().filter((member) => member.role === null);
  return able.sort((a, b) => headOf(b) - headOf(a))[0];
}

function command(name: string, params: CborMap): Command {
  return { contract: 'governance', name, params };
}

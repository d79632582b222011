import { type CborMap, dayFromTime } from '@triflow/protocol';
import {
  DAY_MS,
  livestockWorld,
  mortgage,
  must,
  paper,
  penned,
  setCurve,
  withFeed,
} from '../livestock/livestockWorld.js';
import { hashOf } from '../payment/paymentWorld.js';
import type { Outcome, World } from '../testkit.js';
import { facilities } from './keys.js';

const NAME = 'pledge-facility';

export const yuan = (minor: bigint) => ({ minor, currency: 'CNY' });

/** An animal as a facility takes it: a tenth off, insured. */
export const animalItem = (asset: string): CborMap => ({
  asset,
  feed: 'pf_1',
  haircutBps: 1_000,
  verifiedWithinMs: 30 * DAY_MS,
  insuranceRequired: true,
});

/** A command on the facility at its version; the others sign in turn. */
export function onHerd(
  world: World,
  aliases: readonly string[],
  name: string,
  params: CborMap = {},
): Outcome {
  const { version } = world.must(facilities, 'pl_1');
  return world.agree(aliases, NAME, name, { id: 'pl_1', expectedVersion: version, ...params });
}

/** A facility of the lender on two of three animals of the farm, before control is attested. */
export function agreedHerd(extra: CborMap = {}): World {
  const world = livestockWorld();
  for (const id of ['an_1', 'an_2', 'an_3']) penned(world, id);
  withFeed(world);
  must(setCurve(world));
  const lines = { initialLtvBps: 6_000, warningBps: 6_500, marginCallBps: 7_500 };
  const terms = {
    id: 'pl_1',
    lender: world.id('lender'),
    kind: 'static',
    limit: yuan(5_000_000n),
    ...lines,
    disposalBps: 8_500,
    cureToBps: 6_000,
    cureMs: 2 * DAY_MS,
    maturity: dayFromTime(world.nowMs()) + 200,
    rateBps: 0,
    dayCount: 360,
    privateSaleAgreed: true,
    defaultEvents: [],
    items: [animalItem('an_1'), animalItem('an_2')],
    titlePassesOnDefault: false,
    stocktakeRequired: false,
    devicesRequired: false,
    ...extra,
  };
  must(world.agree(['farm', 'lender'], NAME, 'apply', terms));
  const signed = { supervisor: world.id('supervisor'), engagedBy: world.id('lender') };
  const agreement = { ...signed, agreement: paper };
  must(onHerd(world, ['lender', 'farm', 'supervisor'], 'sign_agreement', agreement));
  return world;
}

/** Mortgages animals for the facility's debt, and has them registered. */
export function charge(world: World, ...ids: string[]): void {
  must(mortgage(world, ids, { debtRef: 'pl_1' }));
  for (const id of ids) must(registerMortgage(world, `ln_${id.slice(3)}`));
}

export function registerMortgage(world: World, id: string): Outcome {
  const publicity = {
    kind: 'registration',
    registrationNo: 'R-1',
    registeredAt: world.nowMs(),
    registryValidTo: dayFromTime(world.nowMs()) + 1_000,
  };
  return world.submit('registry', 'lien', 'record_publicity', { id, publicity });
}

export function attestHerd(world: World): Outcome {
  return world.submit('supervisor', NAME, 'attest_control', { id: 'pl_1', evidence: paper });
}

/** What the bank says that it paid out of one party's account into another's. */
export function proofTerms(world: World, id: string, minor: bigint, payer: string): CborMap {
  return {
    id,
    payerBank: world.id('bank'),
    payeeBank: world.id('bank'),
    payer: world.id(payer),
    payee: world.id('lender'),
    bankReference: `REF-${id.slice(3)}`,
    amount: yuan(minor),
    valueDay: dayFromTime(world.nowMs()),
    payerAccountHash: hashOf('a'),
    payeeAccountHash: hashOf('b'),
    messageHash: hashOf(id),
  };
}

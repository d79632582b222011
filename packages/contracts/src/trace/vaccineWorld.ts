import { merkleRoot } from '@triflow/crypto';
import { assert, type CborMap, isOk } from '@triflow/protocol';
import { readingLeaf } from '../monitoring/readingLeaf.js';
import { allContracts } from '../registry.js';
import { given, type Outcome, type World } from '../testkit.js';
import { tracedLots, units } from './keys.js';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const LOT = 'lt_v1';
export const PALLET = 'vu_pallet';
export const CASE = 'vu_case';
export const PACKS = ['vu_p1', 'vu_p2', 'vu_p3'] as const;
export const LOGGER = 'dv_logger';
/** How long the logger may be silent. */
export const MAX_GAP_MS = 15 * MINUTE_MS;
export const paper = { hash: `sha256:${'ab'.repeat(32)}`, mediaType: 'application/pdf' };
export const certificate = { hash: `sha256:${'ce'.repeat(32)}`, mediaType: 'application/pdf' };

const READING_STEP_MS = 10 * MINUTE_MS;
const sequence = { next: 1 };

/** A maker, the release authority, CDCs, clinics, carriers, a payer and a logger; no lot yet. */
export function emptyVaccineWorld(): World {
  sequence.next = 1;
  return given({
    contracts: allContracts,
    parties: {
      governor: ['GOVERNOR'],
      regulator: ['REGULATOR'],
      court: ['COURT'],
      maker: ['MAH'],
      maker2: ['MAH'],
      release: ['LOT_RELEASE'],
      cdc: ['CDC'],
      city: ['CDC'],
      clinic: ['CLINIC'],
      clinic2: ['CLINIC'],
      fiscal: ['FISCAL'],
      carrier: ['CARRIER'],
      carrier2: ['CARRIER'],
      supervisor: ['SUPERVISOR'],
      logger: ['DEVICE'],
      bank: ['BANK'],
      bank2: ['BANK'],
      witness: ['INSPECTOR'],
      stranger: ['BUYER'],
    },
  });
}

/** The same with a lot of three packs in a case on a pallet, not released yet. */
export function vaccineWorld(): World {
  const world = emptyVaccineWorld();
  must(openVaccineLot(world, LOT, 1_000));
  must(commissionUnits(world, LOT, 1, PACKS));
  must(commissionUnits(world, LOT, 2, [CASE]));
  must(commissionUnits(world, LOT, 3, [PALLET]));
  return world;
}

/** The same with the lot released and everything on the pallet, its logger bound and watched. */
export function releasedWorld(): World {
  const world = vaccineWorld();
  must(packInto(world, 'maker', CASE, PACKS));
  must(packInto(world, 'maker', PALLET, [CASE]));
  must(releaseLot(world, LOT));
  bindLogger(world, PALLET);
  return world;
}

/** Opens a vaccine lot that lasts a year. */
export function openVaccineLot(
  world: World,
  id: string,
  packs: number,
  changes: CborMap = {},
): Outcome {
  const made = { value: BigInt(packs), unit: 'H87', scale: 0 };
  const expiryDay = Math.floor(world.nowMs() / (24 * HOUR_MS)) + 365;
  const terms = { id, kind: 'vaccine', sku: 'VACCINE-A', name: 'Vaccine A', made, expiryDay };
  return world.submit('maker', 'trace', 'open_lot', { ...terms, ...changes });
}

/** Commissions units under the codes of their own names. */
export function commissionUnits(
  world: World,
  lot: string,
  level: number,
  ids: readonly string[],
  changes: CborMap = {},
): Outcome {
  const list = ids.map((id) => ({ id, code: codeOf(id) }));
  return world.submit('maker', 'trace', 'commission', { lot, level, units: list, ...changes });
}

/** The serial that a unit of these tests wears. */
export function codeOf(id: string): string {
  return `https://id.gs1.org/01/10614141073464/21/${id.slice(3)}`;
}

/** Packs units into a larger one. */
export function packInto(
  world: World,
  alias: string,
  parent: string,
  children: readonly string[],
): Outcome {
  return act(world, alias, 'pack', parent, { parent, children: [...children] });
}

/** Releases a lot with its certificate. */
export function releaseLot(world: World, id: string): Outcome {
  const { version } = world.must(tracedLots, id);
  const params = { id, expectedVersion: version, certificate };
  return world.submit('release', 'trace', 'release_lot', params);
}

/** Sends a command on a unit at its version; `pack` and `unpack` name it as parent. */
export function act(
  world: World,
  alias: string,
  name: string,
  id: string,
  params: CborMap = {},
): Outcome {
  const expectedVersion = world.read(units, id)?.version ?? 1;
  const subject = name === 'pack' || name === 'unpack' ? {} : { id };
  return world.submit(alias, 'trace', name, { ...subject, expectedVersion, ...params });
}

/** Puts the logger on a unit, and the rule that nothing stays over 8 °C or under 2 °C for 1 h. */
export function bindLogger(world: World, asset: string): void {
  const bound = world.agree(['maker', 'supervisor'], 'monitoring', 'bind_device', {
    id: LOGGER,
    party: world.id('logger'),
    witness: world.id('supervisor'),
    kinds: [{ kind: 'TEMPERATURE', maxGapMs: MAX_GAP_MS }],
    maxClockSkewMs: 5 * MINUTE_MS,
    asset,
  });
  must(bound);
  for (const [id, compare, threshold] of [
    ['warm', 'gt', 800],
    ['cold', 'lt', 200],
  ] as const) {
    const condition = {
      kind: 'TEMP_SINGLE',
      compare,
      threshold,
      clearCount: 1,
      durationMs: HOUR_MS,
    };
    const selector = { asset };
    const rule = { id, selector, condition, severity: 'critical', owner: world.id('maker') };
    must(world.submit('supervisor', 'monitoring', 'set_rule', rule));
  }
}

/**
 * Reports temperatures (1/100 °C), one every ten minutes, the chain’s clock going with them and the
 * logger’s `aheadMs` before it.
 */
export function logTemperatures(world: World, values: readonly number[], aheadMs = 0): Outcome {
  const readings = values.map((value, at) => {
    if (at > 0) world.advance(READING_STEP_MS);
    const seq = sequence.next;
    sequence.next += 1;
    return { seq, time: world.nowMs() + aheadMs, kind: 'TEMPERATURE' as const, values: [value] };
  });
  const root = merkleRoot(readings.map((reading) => readingLeaf(LOGGER, reading)));
  const first = readings[0]?.seq ?? 1;
  const range = { fromSeq: first, toSeq: sequence.next - 1 };
  const batch = { device: LOGGER, ...range, readings, root };
  return world.submit('logger', 'monitoring', 'submit_batch', batch);
}

/** A unit travels, cold and recorded, and is received with its papers. */
export function travel(world: World, id: string, from: string, to: string): Outcome {
  must(logTemperatures(world, [500]));
  must(act(world, from, 'ship', id, { to: world.id(to) }));
  must(logTemperatures(world, [500, 520, 480, 510]));
  return act(world, to, 'receive', id, { releaseCopy: certificate });
}

/** Stops a test whose ground is not laid. */
export function must(outcome: Outcome): Outcome {
  assert(isOk(outcome), `not accepted: ${outcome.code}`);
  return outcome;
}

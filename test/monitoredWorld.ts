import { monitoring, partyRegistry } from '@triflow/contracts';
import { type Reading, readingLeaf } from '@triflow/contracts/schemas';
import { given, type Outcome, type World } from '@triflow/contracts/testkit';
import { merkleRoot } from '@triflow/crypto';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const DEVICE = 'dv_logger';
export const ASSET = 'vu_pallet-1';

/** A chain where a clinic's logger is bound to a pallet, as a lender's court would see it. */
export function monitoredWorld(): World {
  const world = given({
    contracts: [partyRegistry, monitoring],
    parties: { carrier: ['CARRIER'], supervisor: ['SUPERVISOR'], logger: ['DEVICE'] },
  });
  const bound = world.agree(['carrier', 'supervisor'], 'monitoring', 'bind_device', {
    id: DEVICE,
    party: world.id('logger'),
    witness: world.id('supervisor'),
    kinds: [{ kind: 'TEMPERATURE', maxGapMs: 30 * MINUTE_MS }],
    maxClockSkewMs: MINUTE_MS,
    asset: ASSET,
  });
  if (bound.number !== 0) throw new TypeError(`the logger is not bound: ${bound.code}`);
  return world;
}

/** Hands temperatures in, in hundredths of a degree, by the device itself. */
export function handIn(
  world: World,
  temperatures: readonly { readonly seq: number; readonly time: number; readonly value: number }[],
): Outcome {
  const readings: Reading[] = temperatures.map(({ seq, time, value }) => {
    return { seq, time, kind: 'TEMPERATURE', values: [value] };
  });
  const latest = Math.max(...readings.map(({ time }) => time));
  if (latest > world.nowMs()) world.setTime(latest);
  return world.submit('logger', 'monitoring', 'submit_batch', {
    device: DEVICE,
    fromSeq: readings[0]?.seq ?? 1,
    toSeq: readings.at(-1)?.seq ?? 1,
    readings: readings.map((reading) => ({ ...reading })),
    root: merkleRoot(readings.map((reading) => readingLeaf(DEVICE, reading))),
  });
}

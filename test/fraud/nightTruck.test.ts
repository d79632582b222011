import { allContracts } from '@triflow/contracts';
import { alerts, type Reading, readingLeaf, receipts } from '@triflow/contracts/schemas';
import { given, type World } from '@triflow/contracts/testkit';
import { merkleRoot } from '@triflow/crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { accepted, digestOf, HOUR_MS, issue, store, tons } from '../goodsWorld.js';

/** Goods that leave without right (domain section 4): gate and sensors on the same lot. */
const NAME = 'warehouse-receipt';
const MINUTE_MS = 60_000;
let world: World;
let seq: number;

/** The lot's sensor says so now. */
function read(kind: Reading['kind'], ...values: readonly number[]): void {
  const readings: Reading[] = values.map((value) => {
    seq += 1;
    world.advance(MINUTE_MS);
    return { seq, time: world.nowMs(), kind, values: [value] };
  });
  const root = merkleRoot(readings.map((reading) => readingLeaf('dv_gate', reading)));
  const range = { fromSeq: readings[0]?.seq ?? 1, toSeq: seq };
  const batch = {
    device: 'dv_gate',
    ...range,
    readings: readings.map((one) => ({ ...one })),
    root,
  };
  accepted(world.submit('sensor', 'monitoring', 'submit_batch', batch));
}

function withdraw(): void {
  const { version } = world.must(receipts, 'wr_1');
  const how = { vehicle: 'V', driverRef: digestOf('d'), validTo: world.nowMs() + HOUR_MS };
  const params = { id: 'wr_1', expectedVersion: version, quantity: tons(50n), ...how };
  accepted(world.agree(['holder', 'keeper'], NAME, 'withdraw', params));
}

const raised = () => world.records(alerts).map(({ kind, severity }) => `${kind} ${severity}`);

beforeEach(() => {
  seq = 0;
  world = given({
    contracts: allContracts,
    parties: {
      keeper: ['WAREHOUSE'],
      holder: ['SUPPLIER'],
      bank: ['LENDER'],
      supervisor: ['SUPERVISOR'],
      sensor: ['DEVICE'],
    },
  });
  store(world, 'lt_1', 1_000n);
  issue(world, 'wr_1', 'lt_1', 100n);
  const bound = {
    id: 'dv_gate',
    party: world.id('sensor'),
    witness: world.id('supervisor'),
    kinds: [{ kind: 'DOOR' }, { kind: 'WEIGHT' }],
    maxClockSkewMs: 5 * MINUTE_MS,
    asset: 'lt_1',
  };
  accepted(world.agree(['keeper', 'supervisor'], 'monitoring', 'bind_device', bound));
  const condition = { kind: 'WEIGHT_DELTA', reading: 'WEIGHT', delta: 100, clearDelta: 10 };
  const rule = { id: 'weight', selector: { asset: 'lt_1' }, severity: 'critical' };
  const owner = world.id('keeper');
  const set = { ...rule, owner, condition: { ...condition, clearCount: 1 } };
  accepted(world.submit('supervisor', 'monitoring', 'set_rule', set));
});

describe('night truck: the sensors of a lot and its release tokens', () => {
  it('a door that opens without a token is critical, and stops gate and withdrawal (N2)', () => {
    read('DOOR', 1);
    expect(raised()).toEqual(['DOOR_OPEN critical']);
    const how = { vehicle: 'V', driverRef: digestOf('d'), validTo: world.nowMs() + HOUR_MS };
    const params = { id: 'wr_1', expectedVersion: 1, quantity: tons(50n), ...how };
    expect(world.submit('holder', NAME, 'withdraw', params).code).toBe('critical_alert_open');
  });

  it('weight that goes without a token is critical', () => {
    read('WEIGHT', 1_000, 800);
    expect(raised()).toEqual(['WEIGHT_DELTA critical']);
  });

  it('under a token neither is; once it is used at the gate both are again', () => {
    read('WEIGHT', 1_000);
    withdraw();
    read('DOOR', 1, 0);
    read('WEIGHT', 800);
    expect(raised()).toEqual([]);
    const out = { id: 'wr_1', token: 1, weighed: tons(50n), weighing: digestOf('out') };
    accepted(world.submit('keeper', NAME, 'gate_out', out));
    read('DOOR', 1);
    expect(raised()).toEqual(['DOOR_OPEN critical']);
  });

  it('a token that expired covers nothing', () => {
    withdraw();
    world.advance(2 * HOUR_MS);
    accepted(world.submit('bank', NAME, 'expire_token', { id: 'wr_1', token: 1 }));
    read('DOOR', 1);
    expect(raised()).toEqual(['DOOR_OPEN critical']);
  });
});

describe('one id, one lot', () => {
  it('a keeper opens no lot under the id of a lot that its maker traces', () => {
    const made = { kind: 'goods', sku: 'A', name: 'A', made: { ...tons(5n), unit: 'H87' } };
    accepted(world.submit('holder', 'trace', 'open_lot', { id: 'lt_t', ...made }));
    const ware = { sku: 'STEEL', grade: 'Q', unit: 'TNE', scale: 0, lossStandardBps: 30 };
    const lot = { id: 'lt_t', mode: 'commingled', ...ware };
    expect(world.submit('keeper', NAME, 'create_lot', lot).code).toBe('id_already_exists');
  });
});

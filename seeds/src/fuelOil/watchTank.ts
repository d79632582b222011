import { command } from '@triflow/sdk';
import { bindDevice, expectOpenAlerts, type StoryDevice, sendReadings } from '../field/devices.js';
import { nameOf, type Play } from './play.js';

/** The gauge of tank 305 sends to the warehouse's gateway; the supervisor relies on it. */
const gauge: StoryDevice = {
  device: 'dv_gauge-305',
  party: 'device-1',
  model: 'tank',
  owner: 'warehouse',
  gateway: 'warehouse',
  witness: 'supervisor',
};
const STEADY_STEPS = 4;
/** Millimetres: a fall of more than this without a release token is a theft until answered for. */
const DELTA_MM = 30;
const CLEAR_MM = 10;

/** Before control is attested the tank's gauge is bound to the goods and speaks. */
export async function watchTank(play: Play): Promise<void> {
  const { stage, names } = play;
  const { lot, code } = names;
  await bindDevice(stage, gauge, lot);
  await stage.act(
    'supervisor',
    command('monitoring', 'set_rule', {
      id: `level-${code.toLowerCase()}`,
      selector: { asset: lot },
      condition: {
        kind: 'WEIGHT_DELTA',
        reading: 'LEVEL',
        delta: DELTA_MM,
        clearDelta: CLEAR_MM,
        clearCount: 1,
      },
      severity: 'critical',
      owner: stage.cast.actor('warehouse').id,
    }),
  );
  await sendReadings(stage, gauge, { steps: STEADY_STEPS });
  const told = `gauge of tank 305, by ${nameOf(play, 'warehouse')}'s gateway`;
  stage.tell('goods', `${told}: the level of ${lot} stands still`);
}

/** What leaves against a token is seen by the gauge and is no alarm: the token covers it. */
export async function showOutflow(play: Play): Promise<void> {
  const { stage, names } = play;
  const faults = [{ kind: 'drift', fromStep: 0, steps: STEADY_STEPS }] as const;
  await sendReadings(stage, gauge, { steps: STEADY_STEPS, faults });
  await expectOpenAlerts(stage, 'warehouse', names.lot, 0);
  stage.tell('goods', `gauge of tank 305: the level falls, covered by the release token`);
}

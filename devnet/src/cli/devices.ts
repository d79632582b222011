import { demoSeed } from '@triflow/crypto';
import { CodedError, limits } from '@triflow/protocol';
import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { z } from 'zod';
import { callControl } from '../control.js';
import { DEMO_KEY_ID, demoParty } from '../demoParties.js';
import {
  type DeviceFault,
  type DeviceModel,
  deviceFaults,
  deviceModels,
  simulateDevice,
} from '../devices/simulateDevice.js';
import { type CommonOptions, countArgument, durationArgument, homeOf, verb } from './arguments.js';
import { createOutput } from './output.js';

const FAULT = /^([a-z-]+)@(\d{1,4})(?:\+(\d{1,4}))?$/;
const MINUTE_MS = 60_000;
const STEPS = 10;
const SEED = 42;

const simulatedSchema = z.object({
  messages: z.number(),
  taken: z.number(),
  refused: z.record(z.string(), z.number()),
});

interface SimulateOptions extends CommonOptions {
  readonly party: string;
  readonly gateway: string;
  readonly steps: number;
  readonly step: number;
  readonly start?: number;
  readonly firstSeq?: number;
  readonly asset?: string;
  readonly seed: number;
  readonly fault: readonly DeviceFault[];
  readonly print?: boolean;
}

/** `device-1` is the gauge of the demo's tank. */
const PARTY = 'device-2';

/** `simulate` and `gateway`: devices that measure, and who takes what they send. */
export function deviceCommands(): Command[] {
  return [simulateCommand(), gatewayCommand()];
}

/** Reads `drift@3+2`: from the third step on, for two steps; for one when that is left out. */
export function faultArgument(
  text: string,
  before: readonly DeviceFault[] = [],
): readonly DeviceFault[] {
  const [, word, from, steps = '1'] = FAULT.exec(text) ?? [];
  const kind = deviceFaults.find((one) => one === word);
  if (kind !== undefined)
    return [...before, { kind, fromStep: Number(from), steps: Number(steps) }];
  throw new InvalidArgumentError(`KIND@STEP+STEPS, of ${deviceFaults.join(', ')}`);
}

function simulateCommand(): Command {
  const start = new Option('--start <time>', 'of its first measurement, such as 2026-01-05T01:00Z');
  return verb('simulate', 'let a simulated device send signed readings to a party’s gateway')
    .addArgument(new Argument('<model>', 'what it is').choices(deviceModels))
    .argument('<device>', 'its id on the chain, such as dv_truck-1')
    .option(
      '--party <alias>',
      'its own party, device-1 to device-5, whose demo key signs; one device a party',
      PARTY,
    )
    .option('--gateway <alias>', 'whose gateway takes it', 'warehouse')
    .option('--asset <id>', 'what it is put on first: warehouse binds it, supervisor signs, too')
    .option('--steps <n>', 'how many measurements', countArgument, STEPS)
    .option('--step <time>', 'from one to the next', durationArgument, MINUTE_MS)
    .addOption(start.argParser(timeArgument))
    .option(
      '--first-seq <n>',
      'number of its first reading; the next one when left out',
      countArgument,
    )
    .option('--seed <n>', 'equal seeds, equal measurements', countArgument, SEED)
    .option('--fault <kind@step+steps>', 'what goes wrong, and when', faultArgument, [])
    .option('--print', 'write the messages to stdout, one a line; needs no network')
    .action(simulate);
}

function gatewayCommand(): Command {
  return verb('gateway', 'address of the gateway that signs for a demo party; starts it')
    .argument('<alias>', 'the party')
    .action(async (party: string, options: CommonOptions) => {
      const output = createOutput(options.json === true);
      const url = await callControl(homeOf(options), { verb: 'gateway', party });
      output.emit({ event: 'gateway', party, url });
      output.say(String(url));
    });
}

async function simulate(
  model: DeviceModel,
  device: string,
  options: SimulateOptions,
): Promise<void> {
  const { party, gateway, steps, step: stepMs, seed, fault: faults } = options;
  if (demoParty(party) === undefined) {
    throw new CodedError('REQUEST_INVALID', `there is no demo party ${party}`);
  }
  if (steps < 1 || steps > limits.simulatedStepsMax) {
    throw new CodedError('REQUEST_INVALID', `--steps: 1 to ${limits.simulatedStepsMax}`);
  }
  const startMs = options.start ?? Date.now() - steps * stepMs;
  const { firstSeq, asset } = options;
  const first = firstSeq === undefined ? {} : { firstSeq };
  const simulated = { model, device, seed, startMs, stepMs, steps, ...first, faults: [...faults] };
  if (options.print === true) {
    const signing = { keyId: DEMO_KEY_ID, keySeed: demoSeed(party) };
    for await (const { topic, text, genuine } of simulateDevice({ ...simulated, ...signing })) {
      const message = options.json === true ? JSON.stringify({ topic, genuine, text }) : text;
      process.stdout.write(`${message}\n`);
    }
    return;
  }
  const output = createOutput(options.json === true);
  const place = asset === undefined ? {} : { asset };
  const simulation = { ...simulated, ...place, gateway, party };
  const done = await callControl(homeOf(options), { verb: 'simulate', simulation });
  const found = simulatedSchema.parse(done);
  output.emit({ event: 'simulated', ...simulation, ...found });
  const { messages, taken, refused } = found;
  output.say(
    `${device}: ${messages} messages to the gateway of ${gateway}, ${taken} readings taken`,
  );
  for (const [reason, count] of Object.entries(refused))
    output.say(`  refused, ${reason}: ${count}`);
  const isNowhere = 'device_unknown' in refused || 'device_not_bound' in refused;
  if (isNowhere) throw new CodedError('OBJECT_NOT_FOUND', `${device} is on nothing: --asset <id>`);
}

function timeArgument(text: string): number {
  const atMs = Date.parse(text);
  if (Number.isSafeInteger(atMs) && atMs > 0) return atMs;
  throw new InvalidArgumentError('a time such as 2026-01-05T01:00:00Z');
}

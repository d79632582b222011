import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { isCodedError } from '@triflow/protocol';
import { describeMachine } from './machine.js';
import { type BenchOptions, optionsFromArgs } from './options.js';
import { costliestFunctions } from './profile.js';
import { runStages } from './runStages.js';

await main();

async function main(): Promise<void> {
  try {
    await bench(optionsFromArgs(process.argv.slice(2)));
  } catch (error) {
    const text = isCodedError(error) ? `${error.code}: ${error.message}` : String(error);
    process.stderr.write(`bench: ${text}\n`);
    process.exitCode = 1;
  }
}

async function bench(options: BenchOptions): Promise<void> {
  const machine = describeMachine();
  const figures = await runStages(options, (lines) => lines.forEach(say));
  const loadAverageAtEnd = loadavg();
  const { only, json, profile, ...parameters } = options;
  const conditions = {
    transport: 'libp2p over TCP and Noise on loopback',
    storage: 'LevelDB, one synchronous batch a block',
    signatures: 'every one checked on every node',
    contracts: 'real handlers, state tree on',
    signing: 'before the clock starts',
    load: 'HTTP from one process on the same processors',
  };
  const result = { machine, loadAverageAtEnd, conditions, parameters, stages: [...only], figures };
  if (json !== undefined) await writeFile(json, `${JSON.stringify(result, null, 2)}\n`);
  if (profile === undefined) return;
  say('');
  say('self time of one validator, main thread');
  for (const { name, place, selfShare } of await costliestFunctions(profile)) {
    say(`  ${(selfShare * 100).toFixed(1).padStart(5)} %  ${name}  ${place}`);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

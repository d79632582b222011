import { register } from 'node:module';
import { Command } from 'commander';
import type { FuzzAllOptions } from './fuzzAll.js';

const RUNS = 20_000;

await main();

/** `pnpm fuzz`: every decoder, for as many cases as asked for. */
async function main(): Promise<void> {
  const program = new Command('fuzz')
    .description('changed and raw bytes for every decoder of what somebody else wrote')
    .option('--runs <n>', 'cases for each target', Number, RUNS)
    .option('--from <seed>', 'the first seed', Number, 1)
    .option('--targets <name...>', 'only these')
    .option('--guided', 'keep and change further what reaches code that nothing has reached')
    .option(
      '--corpus <directory>',
      'of a guided run: begin with what is there, leave what is found',
    );
  const options = program.parse().opts<FuzzAllOptions & { readonly guided?: true }>();
  if (options.guided) register('./instrumentHook.js', import.meta.url);
  // Only now: what is loaded before the hook counts nothing.
  const { fuzzAll, fuzzGuided } = await import('./fuzzAll.js');
  const say = (line: string): boolean => process.stdout.write(`${line}\n`);
  process.exitCode = (options.guided ? fuzzGuided : fuzzAll)(options, say);
}

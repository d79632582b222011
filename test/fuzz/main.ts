import { Command } from 'commander';
import { fuzzTargets } from './fuzzTargets.js';
import { runFuzz } from './runFuzz.js';

const ROUND = 20_000;

main();

/** `pnpm fuzz`: every decoder, for as many cases as asked for. */
function main(): void {
  const program = new Command('fuzz')
    .description('changed and raw bytes for every decoder of what somebody else wrote')
    .option('--runs <n>', 'cases for each target', Number, ROUND)
    .option('--from <seed>', 'the first seed', Number, 1)
    .option('--targets <name...>', 'only these');
  const options = program.parse().opts<{
    readonly runs: number;
    readonly from: number;
    readonly targets?: readonly string[];
  }>();
  const targets = fuzzTargets.filter(({ name }) => options.targets?.includes(name) ?? true);
  let failed = 0;
  for (const target of targets) {
    const startedMs = performance.now();
    let done = 0;
    let taken = 0;
    for (let seed = options.from; done < options.runs; seed += 1) {
      const report = runFuzz(target, Math.min(ROUND, options.runs - done), seed);
      done += report.cases;
      taken += report.taken;
      if (report.failure === undefined) continue;
      failed += 1;
      process.stdout.write(`FAILED ${report.failure}\n`);
      break;
    }
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
    process.stdout.write(`${target.name}: ${done} cases, ${taken} taken, ${seconds} s\n`);
  }
  process.stdout.write(`${targets.length} targets, ${failed} failed\n`);
  process.exitCode = failed === 0 && targets.length > 0 ? 0 : 1;
}

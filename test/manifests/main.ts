import { readFile, writeFile } from 'node:fs/promises';
import { CodedError } from '@triflow/protocol';
import { Command } from 'commander';
import { generateManifest, manifestText } from './generateManifest.js';
import { type Manifest, parseManifest } from './manifest.js';
import { runManifest } from './runManifest.js';

interface Options {
  readonly generate?: number;
  readonly minutes?: number;
  readonly nodes?: number;
  readonly print?: boolean;
  readonly json?: string;
  readonly dir?: string;
}

await main();

/** `pnpm manifests`: devnets of real processes under the faults of a file, or of a seed. */
async function main(): Promise<void> {
  const program = new Command('manifests')
    .description('a network of processes under faults, judged through its API')
    .argument('[files...]', 'manifests in TOML')
    .option('--generate <seed>', 'a random manifest instead', Number)
    .option('--minutes <n>', 'how long a generated one lasts', Number)
    .option('--nodes <n>', 'validators of a generated one', Number)
    .option('--print', 'only print the generated manifest')
    .option('--dir <path>', 'keep the network and its logs here')
    .option('--json <file>', 'the reports as JSON');
  const options = program.parse().opts<Options>();
  const manifests = await chosen(program.args, options);
  if (options.print === true) {
    process.stdout.write(manifests.map(manifestText).join('\n'));
    return;
  }
  const reports = [];
  for (const manifest of manifests) {
    const { dir } = options;
    const startedMs = performance.now();
    const say = (line: string): void => {
      const seconds = Math.round((performance.now() - startedMs) / 1_000);
      process.stderr.write(`${seconds} s  ${line}\n`);
    };
    const report = await runManifest(manifest, { say, ...(dir === undefined ? {} : { dir }) });
    const { memory, faults, ...counts } = report;
    process.stdout.write(`${JSON.stringify(counts)}\n`);
    for (const { samples, ...life } of memory) {
      process.stdout.write(`memory ${JSON.stringify({ ...life, samples: samples.length })}\n`);
    }
    for (const fault of faults) process.stdout.write(`FAILED ${report.name}: ${fault}\n`);
    reports.push(report);
  }
  if (options.json !== undefined) await writeFile(options.json, JSON.stringify(reports, null, 2));
  const failed = reports.filter(({ faults }) => faults.length > 0);
  process.stdout.write(`${reports.length} manifests, ${failed.length} failed\n`);
  process.exitCode = failed.length === 0 && reports.length > 0 ? 0 : 1;
}

async function chosen(files: readonly string[], options: Options): Promise<Manifest[]> {
  const { generate: seed, minutes, nodes } = options;
  if (seed !== undefined) {
    const seconds = minutes === undefined ? {} : { seconds: minutes * 60 };
    return [generateManifest({ seed, ...seconds, ...(nodes === undefined ? {} : { nodes }) })];
  }
  return Promise.all(
    files.map(async (file) => {
      const parsed = parseManifest(await readFile(file, 'utf8'));
      if (parsed.ok) return parsed.value;
      const faults = parsed.faults.map((fault) => `${file}: ${fault}`).join('\n');
      throw new CodedError('CONFIG_INVALID', faults);
    }),
  );
}

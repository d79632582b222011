import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import type { Outcome } from './damageLab.js';
import { allCases, runDamage } from './damageRuns.js';

await main();

/** `pnpm damage`: every record type with every kind of damage, on LevelDB and files. */
async function main(): Promise<void> {
  const program = new Command('damage')
    .description('damage to every type of record of a validator’s disk, and what becomes of it')
    .option('--types <type...>', 'only these');
  const { types } = program.parse().opts<{ readonly types?: readonly string[] }>();
  const dir = await mkdtemp(join(tmpdir(), 'triflow-damage-'));
  const cases = allCases().filter(({ type }) => types === undefined || types.includes(type));
  const wrongs: string[] = [];
  let count = 0;
  for (const name of new Set(cases.map(({ type }) => type))) {
    const ofType = cases.filter(({ type }) => type === name);
    const found = await runDamage(dir, ofType, ({ type, kind, when }, outcome) => {
      count += 1;
      process.stderr.write(`${type}, ${kind}, ${when}: ${sentence(outcome)}\n`);
    });
    wrongs.push(...found);
  }
  await rm(dir, { recursive: true });
  for (const wrong of wrongs) process.stdout.write(`FAILED ${wrong}\n`);
  process.stdout.write(`${count} of ${cases.length} cases, ${wrongs.length} failed\n`);
  process.exitCode = wrongs.length === 0 && count === cases.length && count > 0 ? 0 : 1;
}

function sentence({ refused, stopped, rebuilt, quarantined }: Outcome): string {
  if (refused !== undefined) return `refused: ${refused}`;
  const parts = [
    ...(stopped === undefined ? [] : ['stopped']),
    ...(rebuilt ? ['rebuilt from its blocks'] : []),
    ...(quarantined ? ['quarantined'] : []),
  ];
  return parts.length === 0 ? 'mended while it ran' : parts.join(', ');
}

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { allContracts } from '@triflow/contracts';
import { type Executed, onlookers } from '@triflow/contracts/testkit';
import { beforeAll, describe, expect, it } from 'vitest';
import { goodsWorld, store } from '../goodsWorld.js';
import { judgeSigners } from './judgeSigners.js';
import { signers } from './signers.js';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
const CONTRACTS = 'packages/contracts/src';
/** Random histories send the same commands again. */
const LEFT_OUT = '**/*nvariants.test.ts';
const SIGNATURES = ['countersign', 'reject', 'expire_pending'];
/** Commands and signatures, each counted once. */
const REFUSALS_MIN = 240;

/** The tests of the contracts, run once more with an eye on who signs (a process of its own). */
function watchTests(): ReadonlySet<string> {
  const file = join(mkdtempSync(join(tmpdir(), 'triflow-signers-')), 'lines');
  const only = ['--exclude', LEFT_OUT, '--no-isolate', '--maxWorkers', '1'];
  const args = [VITEST, 'run', '--project', 'unit', CONTRACTS, ...only];
  const env = { ...process.env, TRIFLOW_SIGNERS: file };
  const options = { cwd: ROOT, env, encoding: 'utf8', maxBuffer: 64 * 1_024 * 1_024 } as const;
  const { status, stdout, stderr } = spawnSync(process.execPath, args, options);
  expect(status === 0 ? '' : `${stdout}\n${stderr}`).toBe('');
  return new Set(readFileSync(file, 'utf8').trimEnd().split('\n'));
}

describe('who may sign, party by party', () => {
  let lines: ReadonlySet<string> = new Set();
  beforeAll(() => {
    lines = watchTests();
  }, 600_000);

  const rows = Object.entries(signers).flatMap(([contract, commands]) =>
    Object.entries(commands).map(([name, row]) => ({ command: `${contract}.${name}`, row })),
  );

  it('the judge notices a stranger who is let in, and a refusal that writes (canary)', () => {
    const world = goodsWorld();
    let seen: Executed | undefined;
    const look = (executed: Executed) => {
      seen = executed;
    };
    onlookers.push(look);
    store(world, 'lt_1', 1_000n);
    onlookers.splice(onlookers.indexOf(look), 1);
    expect(seen?.steps[0]?.name).toBe('gate_in');
    if (seen === undefined) return;
    const problems = (judged: Executed) =>
      judgeSigners(judged).filter((line) => line.startsWith('problem '));
    const { signedBy, outcome } = seen;
    expect(problems(seen)).toEqual([]);
    const letIn = problems({ ...seen, signedBy: () => ({ outcome, wrote: true }) });
    expect(letIn.length).toBeGreaterThan(5);
    const wrote = problems({ ...seen, signedBy: (one) => ({ ...signedBy(one), wrote: true }) });
    expect(wrote.length).toBe(letIn.length);
    const stranger = { ...seen, signer: world.id('bank') };
    expect(problems(stranger).join()).toContain('stands not in the list');
  });

  it('the list names every command of every contract and no other', () => {
    const known = allContracts.flatMap(({ name, commands }) =>
      [...commands.keys()]
        .filter((verb) => !SIGNATURES.includes(verb))
        .map((verb) => `${name}.${verb}`),
    );
    expect(rows.map(({ command }) => command).sort()).toEqual(known.sort());
  });

  it('every command is sent with success, by those alone who stand in the list, in its order', () => {
    expect([...lines].filter((line) => line.startsWith('problem '))).toEqual([]);
    expect(rows.filter(({ command }) => !lines.has(`sent ${command}`))).toEqual([]);
  });

  it('every command, and every signature, is refused to another party and changes nothing', () => {
    const asked = rows.flatMap(({ command, row }) => {
      const [opener = '', ...others] = row.split(' > ');
      const later = others.map((_, at) => `${command} signature ${at + 2}`);
      return opener.startsWith('anyone') ? later : [command, ...later];
    });
    expect(asked.filter((one) => !lines.has(`refused ${one}`))).toEqual([]);
    const refused = [...lines].filter((line) => line.startsWith('refused '));
    expect(refused.length).toBeGreaterThan(REFUSALS_MIN);
  });

  it('what anyone may send somebody sends who has no part in it', () => {
    const open = rows.filter(({ row }) => row.startsWith('anyone'));
    expect(open.filter(({ command }) => !lines.has(`unrelated ${command}`))).toEqual([]);
  });

  it.each(allContracts)('$name: each of its statuses is reached by its tests', (contract) => {
    const missing = Object.keys(contract.statusCodes).filter(
      (code) => !lines.has(`reached ${contract.name}/${code}`),
    );
    expect(missing).toEqual([]);
  });
});

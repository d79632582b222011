import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Devnet, playScenario, startDevnet } from '@triflow/devnet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bankFirstDay } from '../../sdk/examples/bankFirstDay.js';
import { runTriflow } from './triflow.js';

/** Only a hang takes this long. */
const SETUP_MS = 300_000;

let dir: string;
let net: Devnet;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'triflow-bank-'));
  net = await startDevnet({ nodes: 4 });
  await playScenario({ name: 'fuel-oil', devnetFile: net.devnetFile });
}, SETUP_MS);

afterAll(async () => {
  await net?.stop();
  await rm(dir, { recursive: true, force: true });
});

describe('a bank’s first day', () => {
  it('checks a receipt, meets its margin call, keeps evidence that verifies alone', async () => {
    const evidence = join(dir, 'bank.evidence.json');
    const day = { devnet: net.devnetFile, evidence, receipt: 'wr_0007', pledge: 'pl_0004' };
    const said: string[] = [];
    const sentences = await bankFirstDay(day, (line) => said.push(line));
    expect(said.join('\n')).toMatch(/wr_0007 comes from lt_0003/);
    expect(said.join('\n')).toMatch(/margin call on pl_0004 at height \d+/);
    expect(sentences[0]).toMatch(/signed by [34] of 4 validators/);
    const genesis = join(net.devnetFile, '..', 'genesis.json');
    const checked = await runTriflow(['verify', evidence, '--trust', genesis]);
    expect(checked, checked.stderr).toMatchObject({ code: 0, stderr: '' });
  });

  it('sees on the command line what the demo’s banner promises', async () => {
    const at = ['--devnet', net.devnetFile];
    const shown = await runTriflow(['receipt', 'show', 'wr_0007', '--prove', '--json', ...at]);
    expect(JSON.parse(shown.stdout)).toMatchObject({
      id: 'wr_0007',
      data: { lien: expect.stringMatching(/^ln_/) },
      verified: { kind: 'inclusion', of: 4 },
    });
    const tree = await runTriflow(['trace', 'wr_0007', ...at]);
    expect(tree.stdout).toMatch(/└─ from lt_0003/);
    const none = await runTriflow(['receipt', 'show', 'wr_none', ...at]);
    expect(none).toMatchObject({ code: 3, stdout: '' });
    expect(none.stderr).toMatch(/proved by [34] of 4 validators \(OBJECT_NOT_FOUND\)/);
    const nobody = await runTriflow(['pledge', 'revalue', 'pl_0004', ...at]);
    expect(nobody).toMatchObject({ code: 2, stdout: '' });
    const refused = await runTriflow(['gov', 'vote', 'gp_none', ...at, '--as', 'governor']);
    // A refusal in a final block is a rejection, whatever its code says.
    expect(refused.code, refused.stderr).toBe(4);
    const typo = await runTriflow(['recept', 'show', 'x']);
    expect(typo.stderr).toMatch(/Did you mean receipt/);
  });
});

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
  it('checks a receipt, opens a pledge, meets its margin call, keeps evidence that verifies alone', async () => {
    const evidence = join(dir, 'bank.evidence.json');
    const day = { devnet: net.devnetFile, name: 'first-day', feed: 'pf_brent', evidence };
    const said: string[] = [];
    const sentences = await bankFirstDay(day, (line) => said.push(line));
    const story = said.join('\n');
    expect(story).toMatch(/wr_first-day comes from lt_first-day/);
    expect(story).toMatch(/0 liens, proved by [34] of 4/);
    expect(story).toMatch(/pl_first-day is established over wr_first-day: ln_/);
    expect(story).toMatch(/USD 89820\.00 drawn under pl_first-day/);
    expect(story).toMatch(
      /margin call on pl_first-day at height \d+: the price fell to USD 11\.67/,
    );
    expect(sentences[0]).toMatch(/signed by [34] of 4 validators/);
    expect(sentences.at(-1)).toMatch(/pl_first-day .* in state MARGIN_CALL/);
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

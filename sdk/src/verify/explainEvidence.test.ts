import { beforeEach, describe, expect, it } from 'vitest';
import { createWorld, type World } from '../testing/world.js';
import { explainEvidence } from './explainEvidence.js';

let world: World;
let bytes: Uint8Array;

beforeEach(async () => {
  world = createWorld();
  world.chain.commit();
  ({ bytes } = await world.clock.run(world.client.evidence.create('lien/onAsset/wr_0007')));
});

describe('an evidence file explained', () => {
  it('says what is proved, by whom, and how far that goes', async () => {
    const told = await world.clock.run(world.client.evidence.explain(bytes));
    expect(told).toEqual(explainEvidence(bytes, { genesis: world.chain.genesis }));
    expect(told).toMatchObject({ holds: true });
    expect(told.sentences[0]).toMatch(/^Block 2 of chain .*signed by 3 of 4 validators\.$/);
    expect(told.sentences).toContain('No lien stood on wr_0007.');
    expect(told.sentences.at(-2)).toMatch(/as of block 2/);
  });

  it('says in words why it proves nothing, and throws nothing', () => {
    const text = new TextDecoder().decode(bytes);
    const trust = { genesis: world.chain.genesis };
    const files: readonly (readonly [string, string])[] = [
      [text.replace('"states":["', '"states":["00'), 'EVIDENCE_TAMPERED'],
      [`${text} `, 'EVIDENCE_MALFORMED'],
      ['', 'EVIDENCE_MALFORMED'],
    ];
    for (const [file, code] of files) {
      const told = explainEvidence(new TextEncoder().encode(file), trust);
      expect(told).toMatchObject({ holds: false, code });
      expect(told.sentences[0]).toBe('This file proves nothing.');
      expect(told.sentences).toHaveLength(3);
    }
    const other = { genesisHash: `sha256:${'1'.repeat(64)}` };
    expect(explainEvidence(bytes, other).code).toBe('EVIDENCE_WRONG_CHAIN');
    expect(explainEvidence(bytes, { genesis: {} }).code).toBe('GENESIS_INVALID');
  });
});

import type {
  Certificate,
  PrevoteCertificate,
  Proposal,
  ValidatorId,
  Vote,
} from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import type { Input } from './input.js';
import { HEIGHT, Height, NOW, value } from './testkit.js';

const signature = new Uint8Array(64);
const valueId = value('a');
const entries = [0, 1, 2].map((index) => [index, signature] as const);

/** One of each kind, of a height. */
function inputsOf(height: number): Input[] {
  const vote: Vote = { type: 'prevote', height, round: 0, valueId, index: 1, signature };
  const commit = { kind: 'commit', height, round: 0, valueId, entries } as const;
  const proposal = { height, round: 0, valueId, validRound: -1, signature };
  const builder = 'v1' as ValidatorId;
  const slot = { type: 'prevote', height, round: 0, valueId, validRound: -1 } as const;
  const certificate: Certificate = commit;
  return [
    { kind: 'work', at: NOW, height },
    { kind: 'blockBuilt', at: NOW, height, round: 0, valueId, timeMs: NOW },
    { kind: 'nothingToBuild', at: NOW, height, round: 0 },
    { kind: 'proposal', at: NOW, proposal },
    { kind: 'vote', at: NOW, vote },
    { kind: 'certificate', at: NOW, certificate },
    { kind: 'verdict', at: NOW, height, valueId, verdict: 'valid', timeMs: NOW, builder },
    { kind: 'signed', at: NOW, slot, signature },
    { kind: 'synced', at: NOW, height, valueId, certificate: commit },
    { kind: 'timer', at: NOW, timer: { name: 'propose', height, round: 0 } },
  ];
}

describe('an input of another height (bugs 10 and 37 of the catalogue)', () => {
  it.each([...inputsOf(HEIGHT - 1), ...inputsOf(HEIGHT + 1)])('$kind changes nothing', (input) => {
    const h = new Height().begin();
    const before = h.state;
    expect(h.feed(input)).toEqual([]);
    expect(h.state).toEqual(before);
  });

  it.each(inputsOf(HEIGHT).filter(({ kind }) => kind !== 'nothingToBuild'))(
    'the canary: $kind of this height does something, for one node or another',
    (input) => {
      const changed = [0, 1, 2, 3].some((self) => {
        const h = new Height({ self }).begin();
        const before = h.state;
        if (input.kind === 'signed') h.timer('propose');
        h.feed(input);
        return h.state !== before;
      });
      expect(changed).toBe(true);
    },
  );
});

describe('R-V9: a block of catch-up that this node has called invalid', () => {
  it('stops the node: one of both verdicts is wrong', () => {
    const h = new Height().begin();
    h.proposal(valueId);
    h.verdict(valueId, 'invalid');
    h.feed({ kind: 'synced', at: NOW, height: HEIGHT, valueId, certificate: h.commit(valueId) });
    expect(h.state.mode).toBe('halted');
    expect(h.of('halt')).toMatchObject([{ reason: expect.stringContaining('R-V9') }]);
  });
});

describe('R-C4: a proposal beside its certificate', () => {
  const pol: PrevoteCertificate = {
    kind: 'prevote',
    height: HEIGHT,
    round: 1,
    valueId,
    entries,
  };
  const right = { height: HEIGHT, round: 2, valueId, validRound: 1, signature, pol };
  const { pol: _, ...without } = right;
  const wrong: readonly (readonly [string, Input])[] = [
    ['validRound below -1', proposalInput({ ...without, validRound: -2 })],
    ['validRound of its own round', proposalInput({ ...right, validRound: 2 })],
    ['a certificate it says nothing of', proposalInput({ ...right, validRound: -1 })],
    ['no certificate', proposalInput(without)],
    ['one of another height', proposalInput({ ...right, pol: { ...pol, height: HEIGHT + 1 } })],
    ['one of another round', proposalInput({ ...right, pol: { ...pol, round: 0 } })],
    ['one of another value', proposalInput({ ...right, pol: { ...pol, valueId: value('b') } })],
  ];

  it.each(wrong)('is refused with %s', (_name, input) => {
    const h = new Height().begin();
    expect(h.feed(input)).toMatchObject([
      { kind: 'report', fault: expect.stringContaining('R-C4') },
    ]);
    expect(h.state.proposals.size).toBe(0);
  });

  it('is held when both fit', () => {
    const h = new Height().begin();
    h.feed(proposalInput(right));
    expect(h.state.proposals.get(2)).toHaveLength(1);
  });
});

function proposalInput(proposal: Proposal): Input {
  return { kind: 'proposal', at: NOW, proposal };
}

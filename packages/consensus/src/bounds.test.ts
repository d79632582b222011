import { type Hash, limits } from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import type { Effect } from './effect.js';
import { HEIGHT, Height, NOW } from './testkit.js';
import { certificateCount, voteCount } from './voteKeeper.js';

/** Fewer than 63, so that validator 4 of 64 does not propose at height 5. */
const ROUNDS = 60;

describe('R-M4: a height that does not end holds no more for it', () => {
  it('polkas of sixty rounds: only the newest is held', () => {
    const h = new Height({ self: null }).begin();
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const index of [1, 2, 3]) h.vote('prevote', index, number(round), round);
      nextRound(h, round);
    }
    expect(certificateCount(h.state.votes)).toBe(1);
    const n = 4;
    const most = n * (4 * (limits.keptRounds + 1) + 2 * limits.futureRounds + 4);
    expect(voteCount(h.state.votes)).toBeLessThanOrEqual(most);
  });

  it('an older polka than the one held is not taken, a newer one is', () => {
    const h = new Height().begin();
    for (let round = 0; round < 5; round += 1) nextRound(h, round);
    for (const round of [2, 1, 3]) {
      h.feed({ kind: 'certificate', at: NOW, certificate: h.polka(number(round), round) });
    }
    expect(certificateCount(h.state.votes)).toBe(1);
    expect(h.state.votes.rounds.get(3)?.polkas.size).toBe(1);
  });

  it('two valid blocks in each of sixty rounds among 64: few bodies are kept', () => {
    const h = new Height({ n: 64, self: 4 }).begin();
    let most = 0;
    const look = (effects: readonly Effect[]): void => {
      for (const effect of effects) {
        if (effect.kind === 'keepBodies') most = Math.max(most, effect.valueIds.length);
      }
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const id of [number(2 * round), number(2 * round + 1)]) {
        look(h.proposal(id, { round }));
        look(h.verdict(id, 'valid', { round }));
      }
      look(nextRound(h, round));
    }
    expect(h.state.round).toBe(ROUNDS);
    expect(most).toBeGreaterThan(limits.keptRounds);
    expect(most).toBeLessThanOrEqual(2 * limits.candidateBodiesMax);
    expect(h.state.verdicts.size).toBeLessThanOrEqual(2 * limits.candidateBodiesMax);
  });

  it('what this node prevoted stays for K rounds, so that it can be served (P6)', () => {
    const h = new Height().begin();
    h.proposal(number(7));
    h.verdict(number(7));
    expect(h.asked()).toMatchObject([{ type: 'prevote', valueId: number(7) }]);
    for (let round = 0; round < limits.keptRounds; round += 1) nextRound(h, round);
    expect(h.state.verdicts.has(number(7))).toBe(true);
    nextRound(h, limits.keptRounds);
    expect(h.state.verdicts.has(number(7))).toBe(false);
  });

  it('a forgotten value that is certified later is judged again', () => {
    const h = new Height().begin();
    h.timer('propose');
    h.proposal(number(7));
    h.verdict(number(7));
    expect(h.state.verdicts.has(number(7))).toBe(true);
    for (let round = 0; round < 4; round += 1) nextRound(h, round);
    expect(h.state.verdicts.has(number(7))).toBe(false);
    h.feed({ kind: 'certificate', at: NOW, certificate: h.commit(number(7), 0) });
    expect(h.of('judge')).toMatchObject([{ height: HEIGHT, valueId: number(7) }]);
    h.verdict(number(7));
    expect(h.of('decide')).toHaveLength(1);
  });
});

/** All others precommit nil, and the timer runs out. */
function nextRound(h: Height, round: number): readonly Effect[] {
  for (let index = 0; index < h.n; index += 1) {
    if (index !== h.state.selfIndex) h.vote('precommit', index, null, round);
  }
  return h.timer('precommit', round);
}

function number(value: number): Hash {
  return value.toString(16).padStart(64, '0') as Hash;
}

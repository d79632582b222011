import { describe, expect, it } from 'vitest';
import { statusFor } from './onTimer.js';
import { HEIGHT, Height, NOW, value } from './testkit.js';
import { voteCount } from './voteKeeper.js';

const A = value('a');
const B = value('b');
const SIGNATURE = new Uint8Array(64);
// Of four validators at height 5, v1 proposes in round 0, v2 in round 1, v3 in 2, v0 in 3.

/** Of whom a missing value is asked, at once and with each re-broadcast. */
function askedOf(h: Height, rebroadcasts: number): (number | 'all')[] {
  const asked = h.of('askProposal').map(({ from }) => from);
  for (let time = 0; time < rebroadcasts; time += 1) {
    h.timer('rebroadcast', -1);
    asked.push(...h.of('askProposal').map(({ from }) => from));
  }
  return asked;
}

function prevoted(h: Height, id = A): Height {
  h.begin();
  h.proposal(id);
  h.verdict(id);
  return h;
}

describe('pacing', () => {
  it('R-T2: round 0 waits for the interval and for a reason', () => {
    const h = new Height();
    expect(h.state.round).toBe(-1);
    h.feed({ kind: 'work', at: NOW, height: HEIGHT });
    expect(h.state.round).toBe(-1);
    h.timer('newHeight', -1);
    expect(h.state.round).toBe(0);
  });

  it('R-T2: a heartbeat is a reason, and so is a proposal of round 0', () => {
    const beat = new Height();
    beat.timer('newHeight', -1);
    beat.timer('heartbeat', -1);
    expect(beat.state.round).toBe(0);
    const proposed = new Height();
    proposed.timer('newHeight', -1);
    proposed.proposal(A, { round: 0 });
    expect(proposed.state.round).toBe(0);
  });

  it('an input of another height changes nothing', () => {
    const h = new Height();
    const before = h.state;
    h.feed({ kind: 'work', at: NOW, height: HEIGHT + 1 });
    h.feed({ kind: 'timer', at: NOW, timer: { name: 'propose', height: HEIGHT - 1, round: 0 } });
    expect({ ...h.state, kept: '' }).toEqual({ ...before, kept: '' });
  });
});

describe('proposing', () => {
  it('R-11: the proposer builds, signs its block and sends it when the signature is back', () => {
    const h = new Height({ self: 1 }).begin();
    expect(h.of('buildBlock')).toHaveLength(1);
    expect(h.scheduled()).toContain('propose/0');
    h.feed({ kind: 'blockBuilt', at: NOW, height: HEIGHT, round: 0, valueId: A, timeMs: NOW });
    expect(h.asked()).toMatchObject([{ type: 'proposal', valueId: A, validRound: -1 }]);
    h.signed('proposal');
    expect(h.of('send').map(({ message }) => message.kind)).toContain('proposal');
    expect(h.asked()).toMatchObject([{ type: 'prevote', valueId: A }]);
  });

  it('R-11: a block built for a round that has passed is not proposed', () => {
    const h = new Height({ self: 1 }).begin();
    h.timer('propose');
    h.feed({ kind: 'blockBuilt', at: NOW, height: HEIGHT, round: 0, valueId: A, timeMs: NOW });
    expect(h.asked()).toEqual([]);
  });

  it('R-11: a later proposer re-proposes its valid value with the polka', () => {
    const h = prevoted(new Height({ self: 2 }));
    for (const index of [0, 1, 3]) h.vote('prevote', index, A);
    h.vote('precommit', 0, null);
    h.vote('precommit', 1, null);
    h.vote('precommit', 3, null);
    h.timer('precommit');
    expect(h.state.round).toBe(1);
    expect(h.asked()).toMatchObject([{ type: 'proposal', round: 1, valueId: A, validRound: 0 }]);
    h.signed('proposal');
    const [sent] = h.of('send').flatMap(({ message }) => {
      return message.kind === 'proposal' ? [message.proposal] : [];
    });
    expect(sent?.pol?.round).toBe(0);
  });

  it('R-C4: it goes with the polka that it was asked with, though a newer one came meanwhile', () => {
    const h = prevoted(new Height({ self: 3 }));
    for (const index of [0, 1, 2]) h.vote('prevote', index, A);
    for (const round of [0, 1]) {
      if (round === 1) h.timer('propose');
      for (const index of [0, 1, 2]) h.vote('precommit', index, null);
      h.timer('precommit');
    }
    expect(h.asked()).toMatchObject([{ type: 'proposal', round: 2, valueId: A, validRound: 0 }]);
    h.feed({ kind: 'certificate', at: NOW, certificate: h.polka(A, 1) });
    expect(h.state.valid?.round).toBe(1);
    h.signed('proposal');
    const sent = h.of('send').map(({ message }) => message);
    expect(sent).toContainEqual({
      kind: 'proposal',
      proposal: expect.objectContaining({
        validRound: 0,
        pol: expect.objectContaining({ round: 0 }),
      }),
    });
  });

  it('a proposer that had nothing builds when work comes', () => {
    const h = new Height({ self: 1 });
    h.timer('newHeight', -1);
    h.timer('heartbeat', -1);
    h.feed({ kind: 'nothingToBuild', at: NOW, height: HEIGHT, round: 0 });
    h.feed({ kind: 'work', at: NOW, height: HEIGHT });
    expect(h.of('buildBlock')).toHaveLength(1);
  });
});

describe('prevoting', () => {
  it('R-22: a valid, fresh proposal is prevoted', () => {
    expect(prevoted(new Height()).asked()).toMatchObject([{ type: 'prevote', valueId: A }]);
  });

  it('R-22: an invalid one gets nil', () => {
    const h = new Height().begin();
    h.proposal(A);
    h.verdict(A, 'invalid');
    expect(h.asked()).toMatchObject([{ type: 'prevote', valueId: null }]);
  });

  it('R-V10: a block from the future or from long ago gets nil', () => {
    for (const timeMs of [NOW + 1_001, NOW - 10_001]) {
      const h = new Height().begin();
      h.proposal(A);
      h.verdict(A, 'valid', { timeMs });
      expect(h.asked()).toMatchObject([{ type: 'prevote', valueId: null }]);
    }
  });

  it('R-22: a locked validator prevotes nil for another value', () => {
    const h = locked();
    h.proposal(B);
    h.verdict(B);
    expect(h.state.round).toBe(1);
    expect(h.asked()).toMatchObject([{ type: 'prevote', valueId: null, round: 1 }]);
  });

  it('R-28: a polka of a later round than the lock frees it', () => {
    const h = locked();
    // Round 1 made a polka for B that this node did not see in time.
    h.timer('propose');
    for (const index of [1, 2, 3]) h.vote('precommit', index, null, 1);
    h.timer('precommit');
    expect(h.state.round).toBe(2);
    h.proposal(B, { pol: h.polka(B, 1) });
    h.verdict(B);
    expect(h.asked()).toMatchObject([{ type: 'prevote', valueId: B, round: 2 }]);
  });

  it('R-28: a polka older than the lock does not', () => {
    const h = locked();
    h.proposal(A, { pol: h.polka(A, 0) });
    for (const index of [1, 2, 3]) h.vote('prevote', index, A, 1);
    expect(h.state.locked).toEqual({ valueId: A, round: 1 });
    for (const index of [1, 2, 3]) h.vote('precommit', index, null, 1);
    h.timer('precommit');
    h.proposal(B, { pol: h.polka(B, 0) });
    h.verdict(B);
    expect(h.asked()).toMatchObject([{ type: 'prevote', valueId: null, round: 2 }]);
  });

  it('R-28: a block that is proposed again is the block that it was', () => {
    const h = prevoted(new Height());
    for (const index of [1, 2, 3]) h.vote('precommit', index, null);
    h.timer('precommit');
    expect(h.state.round).toBe(1);
    // Another proposer, a minute later: judged once, and not for being new.
    h.at = NOW + 60_000;
    h.proposal(A, { pol: h.polka(A, 0) });
    expect(h.asked()).toMatchObject([{ type: 'prevote', valueId: A, round: 1 }]);
  });

  it('R-57: no proposal in time means nil', () => {
    const h = new Height().begin();
    h.timer('propose');
    expect(h.asked()).toMatchObject([{ type: 'prevote', valueId: null }]);
    expect(h.state.step).toBe('prevote');
  });

  it('R-57: the timer of another round does nothing', () => {
    const h = new Height().begin();
    h.timer('propose', 1);
    expect(h.state.step).toBe('propose');
  });
});

describe('precommitting', () => {
  it('R-36: a polka locks and precommits', () => {
    const h = prevoted(new Height());
    for (const index of [1, 2, 3]) h.vote('prevote', index, A);
    expect(h.asked()).toMatchObject([{ type: 'precommit', valueId: A }]);
    expect(h.state.locked).toEqual({ valueId: A, round: 0 });
    expect(h.state.valid?.round).toBe(0);
  });

  it('R-36: without the proposal a polka waits', () => {
    const h = new Height().begin();
    h.timer('propose');
    for (const index of [1, 2, 3]) h.vote('prevote', index, A);
    expect(h.state.locked).toBeNull();
    h.proposal(A);
    h.verdict(A);
    expect(h.state.locked).toEqual({ valueId: A, round: 0 });
  });

  it('R-36: in step precommit the value becomes valid but not locked', () => {
    const h = new Height().begin();
    h.timer('propose');
    h.timer('prevote');
    expect(h.state.step).toBe('precommit');
    h.proposal(A);
    h.verdict(A);
    for (const index of [1, 2, 3]) h.vote('prevote', index, A);
    expect(h.state.locked).toBeNull();
    expect(h.state.valid?.valueId).toBe(A);
  });

  it('R-34: q prevotes of any kind start the timer once', () => {
    const h = new Height().begin();
    h.timer('propose');
    h.vote('prevote', 1, A);
    h.vote('prevote', 2, null);
    h.vote('prevote', 3, B);
    expect(h.scheduled()).toEqual(['prevote/0']);
    h.signed('prevote');
    expect(h.scheduled()).toEqual([]);
  });

  it('R-44: a polka for nil precommits nil', () => {
    const h = new Height().begin();
    h.timer('propose');
    for (const index of [1, 2, 3]) h.vote('prevote', index, null);
    expect(h.asked()).toMatchObject([{ type: 'precommit', valueId: null }]);
  });

  it('R-44: a polka for nil is answered though R-47 has fired', () => {
    const h = new Height().begin();
    h.timer('propose');
    for (const index of [1, 2, 3]) h.vote('precommit', index, null);
    expect(h.state.flags.r47).toBe(true);
    for (const index of [1, 2]) h.vote('prevote', index, null);
    expect(h.asked()).toEqual([]);
    h.vote('prevote', 3, null);
    expect(h.asked()).toMatchObject([{ type: 'precommit', valueId: null }]);
  });

  it('R-61: the prevote timer precommits nil', () => {
    const h = new Height().begin();
    h.timer('propose');
    h.timer('prevote');
    expect(h.asked()).toMatchObject([{ type: 'precommit', valueId: null }]);
  });

  it('R-VALID: a polka of a past round is adopted', () => {
    const h = new Height().begin();
    h.proposal(A);
    h.verdict(A, 'valid', { timeMs: NOW - 20_000 });
    for (const index of [1, 2, 3]) h.vote('precommit', index, null);
    h.timer('precommit');
    expect(h.state.valid).toBeNull();
    h.feed({ kind: 'certificate', at: NOW, certificate: h.polka(A, 0) });
    expect(h.state.valid).toMatchObject({ valueId: A, round: 0 });
    expect(h.state.locked).toBeNull();
  });
});

describe('deciding', () => {
  it('R-49: q precommits for a judged value decide', () => {
    const h = prevoted(new Height());
    for (const index of [1, 2, 3]) h.vote('precommit', index, A);
    expect(h.of('decide')).toMatchObject([{ height: HEIGHT, round: 0, valueId: A }]);
    expect(h.state.step).toBe('decided');
  });

  it('after the decision nothing is signed, whatever timer still fires', () => {
    const h = prevoted(new Height());
    for (const index of [1, 2, 3]) h.vote('precommit', index, A);
    const decided = h.state;
    for (const name of ['propose', 'prevote', 'precommit'] as const) {
      expect(h.timer(name, 0)).toEqual([]);
    }
    expect(h.state).toBe(decided);
  });

  it('R-49: a certificate of a future round decides with the body alone', () => {
    const h = new Height().begin();
    h.feed({ kind: 'certificate', at: NOW, certificate: h.commit(A, 7) });
    expect(h.of('judge')).toMatchObject([{ valueId: A }]);
    expect(h.state.round).toBe(7);
    h.verdict(A);
    expect(h.of('decide')).toMatchObject([{ round: 7, valueId: A }]);
  });

  it('R-49: the decision wins over skipping to its round', () => {
    const h = prevoted(new Height());
    h.feed({ kind: 'certificate', at: NOW, certificate: h.commit(A, 3) });
    expect(h.of('decide')).toHaveLength(1);
    expect(h.state.round).toBe(0);
  });

  it('R-ASK: a certified value that nobody sent is asked for, of another one each time', () => {
    const h = new Height().begin();
    h.feed({ kind: 'certificate', at: NOW, certificate: h.commit(A, 0) });
    const asked = askedOf(h, 6);
    expect(new Set(asked.slice(0, 3))).toEqual(new Set([1, 2, 3]));
    expect(asked.slice(3)).toEqual(asked.slice(0, 3));
  });

  it('R-ASK: under the operator’s word all may have lost it, and observers are asked too', () => {
    const h = new Height({ quarantine: { until: null, vouched: [] } }).begin();
    h.feed({ kind: 'certificate', at: NOW, certificate: h.commit(A, 0) });
    const asked = askedOf(h, 5);
    expect(new Set(asked.slice(0, 4))).toEqual(new Set([1, 2, 3, 'all']));
    expect(asked[4]).toBe(asked[0]);
  });

  it('R-HALT: a quorum for a value that is invalid here stops the node', () => {
    const h = new Height().begin();
    h.proposal(A);
    h.verdict(A, 'invalid');
    h.feed({ kind: 'certificate', at: NOW, certificate: h.commit(A) });
    expect(h.of('halt')).toHaveLength(1);
    expect(h.state.mode).toBe('halted');
    h.timer('precommit');
    expect(h.effects).toEqual([]);
  });

  it('R-V9: a second, different verdict stops the node', () => {
    const h = prevoted(new Height());
    h.verdict(A, 'invalid');
    expect(h.state.mode).toBe('halted');
  });

  it('R-SYNCED: a checked block with its certificate decides', () => {
    const h = new Height();
    const certificate = h.commit(A, 2);
    h.feed({ kind: 'synced', at: NOW, height: HEIGHT, valueId: A, certificate });
    expect(h.of('decide')).toMatchObject([{ round: 2, valueId: A }]);
  });
});

describe('changing rounds', () => {
  it('R-47 and R-65: q precommits start the timer, which starts the next round', () => {
    const h = prevoted(new Height());
    for (const index of [1, 2, 3]) h.vote('precommit', index, index === 1 ? A : null);
    expect(h.scheduled()).toEqual(['precommit/0']);
    h.timer('precommit');
    expect(h.state.round).toBe(1);
    expect(h.scheduled()).toContain('propose/1');
    expect(h.state.entry).toMatchObject({ kind: 'round', round: 0 });
  });

  it('R-47: fires again in a round that was reached by a skip', () => {
    const h = new Height().begin();
    for (const index of [1, 2, 3]) h.vote('precommit', index, null, 0);
    expect(h.state.flags.r47).toBe(true);
    for (const index of [1, 2]) h.vote('prevote', index, null, 4);
    expect(h.state.round).toBe(4);
    expect(h.state.flags.r47).toBe(false);
    for (const index of [1, 2, 3]) h.vote('precommit', index, null, 4);
    expect(h.scheduled()).toContain('precommit/4');
  });

  it('R-55: f + 1 seats move everybody, one does not, however often it speaks', () => {
    const h = new Height().begin();
    h.vote('prevote', 1, null, 3);
    h.vote('precommit', 1, null, 3);
    expect(h.state.round).toBe(0);
    h.vote('precommit', 2, null, 3);
    expect(h.state.round).toBe(3);
  });

  it('R-55: holds before the first round too', () => {
    const h = new Height();
    h.vote('prevote', 1, A, 0);
    h.vote('prevote', 2, A, 0);
    expect(h.state.round).toBe(0);
  });

  it('R-C3: a certificate counts even where a seat has voted otherwise, and shows the liar', () => {
    const h = prevoted(new Height());
    h.vote('prevote', 3, B);
    h.feed({ kind: 'certificate', at: NOW, certificate: h.polka(A) });
    expect(h.state.locked).toEqual({ valueId: A, round: 0 });
    expect(h.of('evidence')).toMatchObject([{ evidence: { validator: 'v3', kind: 'prevote' } }]);
  });
});

describe('who may sign', () => {
  it('R-MODE: an observer follows every step and signs nothing', () => {
    const h = prevoted(new Height({ self: null }));
    expect(h.asked()).toEqual([]);
    expect(h.state.step).toBe('prevote');
    for (const index of [1, 2, 3]) h.vote('precommit', index, A);
    expect(h.of('decide')).toHaveLength(1);
  });

  it('R-Y1: after a start nothing is signed before q - 1 others are heard', () => {
    const h = new Height({ confirmed: false }).begin();
    h.timer('propose');
    expect(h.asked()).toEqual([]);
    h.feed({ kind: 'peerStatus', at: NOW, index: 1, head: HEIGHT - 1, echo: null });
    expect(h.state.mode).toBe('following');
    h.feed({ kind: 'peerStatus', at: NOW, index: 2, head: HEIGHT - 1, echo: null });
    expect(h.state.mode).toBe('voting');
    // R-MODE: the step that was passed unsigned is signed nil, or nodes that start together wait.
    expect(h.asked()).toMatchObject([{ type: 'prevote', valueId: null, round: 0 }]);
  });

  it('R-Y1: the claims of f validators never stop the voting', () => {
    const h = new Height().begin();
    h.feed({ kind: 'peerStatus', at: NOW, index: 1, head: HEIGHT + 90, echo: null });
    h.feed({ kind: 'peerStatus', at: NOW + 9_000, index: 1, head: HEIGHT + 99, echo: null });
    expect(h.state.mode).toBe('voting');
  });

  it('R-Y1: f + 1 that are ahead make it follow and fetch, after the grace', () => {
    const h = new Height().begin();
    h.feed({ kind: 'peerStatus', at: NOW, index: 1, head: HEIGHT, echo: null });
    h.feed({ kind: 'peerStatus', at: NOW, index: 2, head: HEIGHT, echo: null });
    expect(h.state.mode).toBe('voting');
    h.feed({ kind: 'peerStatus', at: NOW + 500, index: 3, head: HEIGHT, echo: null });
    expect(h.state.mode).toBe('following');
    expect(h.of('sync')).toMatchObject([{ fromHeight: HEIGHT }]);
  });

  it('R-Y1: whoever caught up before being heard votes once it is heard, in any round', () => {
    const h = new Height({ confirmed: false, catchingUp: true }).begin();
    expect(h.state.mode).toBe('following');
    for (const index of [1, 2]) {
      h.feed({ kind: 'peerStatus', at: NOW, index, head: HEIGHT - 1, echo: null });
    }
    expect(h.state.mode).toBe('voting');
  });

  it('R-11: a proposer that may sign only from the middle of its step builds then', () => {
    const h = new Height({ self: 1, confirmed: false }).begin();
    expect(h.of('buildBlock')).toEqual([]);
    for (const index of [2, 3]) {
      h.feed({ kind: 'peerStatus', at: NOW, index, head: HEIGHT - 1, echo: null });
    }
    expect(h.of('buildBlock')).toHaveLength(1);
  });

  it('P11: an own vote that the log does not hold quarantines the node', () => {
    const h = new Height();
    h.vote('prevote', 0, A, 0);
    expect(h.state.mode).toBe('quarantined');
    h.begin();
    h.timer('propose');
    expect(h.asked()).toEqual([]);
    for (const index of [1, 2, 3]) {
      h.feed({ kind: 'peerStatus', at: NOW, index, head: HEIGHT - 1, echo: null });
    }
    expect(h.state.quarantine).toEqual({ until: HEIGHT + 1, vouched: null });
  });

  it('P11: a proposal that the log does not hold quarantines its proposer when it is shown', () => {
    const h = new Height();
    const echo = { height: HEIGHT, round: 3, valueId: A, validRound: -1, signature: SIGNATURE };
    h.feed({ kind: 'peerStatus', at: NOW, index: 2, head: HEIGHT - 1, echo });
    expect(h.state.mode).toBe('quarantined');
  });

  it('P11: everybody is shown its newest message: a vote, or a proposal after all votes', () => {
    const h = new Height().begin();
    h.proposal(A);
    expect(statusFor(h.state, 1)).toMatchObject({ echo: { round: 0, valueId: A } });
    h.vote('prevote', 1, null);
    expect(statusFor(h.state, 1)).toMatchObject({ echo: { type: 'prevote', round: 0 } });
    expect(statusFor(h.state, 2)).not.toHaveProperty('echo');
  });

  it('P11: the quarantine ends above its bound', () => {
    const before = new Height({ quarantine: { until: HEIGHT, vouched: null } });
    expect(before.state.mode).toBe('quarantined');
    const after = new Height({ quarantine: { until: HEIGHT - 1, vouched: null } });
    expect(after.state.mode).toBe('voting');
  });

  it('an own slot is asked for once, whatever comes again', () => {
    const h = prevoted(new Height());
    h.proposal(A);
    h.verdict(A);
    h.timer('propose');
    expect(h.asked()).toEqual([]);
  });
});

describe('bounds', () => {
  it('R-M1: a spammer of future rounds keeps only its four highest', () => {
    const h = new Height().begin();
    for (let round = 1; round <= 500; round += 1) h.vote('prevote', 3, null, round);
    expect(voteCount(h.state.votes)).toBeLessThanOrEqual(4);
    expect(h.state.round).toBe(0);
  });

  it('R-M2: the first vote counts, the second is evidence, the third nothing', () => {
    const h = new Height().begin();
    h.vote('prevote', 3, A);
    h.vote('prevote', 3, B);
    expect(h.of('evidence')).toHaveLength(1);
    h.vote('prevote', 3, null);
    expect(h.of('evidence')).toHaveLength(0);
    expect(voteCount(h.state.votes)).toBe(1);
  });

  it('R-Q2: a vote that comes again counts once', () => {
    const h = prevoted(new Height());
    for (const index of [1, 2, 1, 2, 2]) h.vote('prevote', index, A);
    expect(h.state.locked).toBeNull();
    h.vote('prevote', 3, A);
    expect(h.state.locked).toEqual({ valueId: A, round: 0 });
  });

  it('R-M3: two proposals of a round are kept, and a certified third', () => {
    const h = new Height().begin();
    h.proposal(A);
    h.proposal(B);
    expect(h.of('evidence')).toMatchObject([{ evidence: { kind: 'proposal', validator: 'v1' } }]);
    h.proposal(value('c'));
    expect(h.state.proposals.get(0)).toHaveLength(2);
    h.feed({ kind: 'certificate', at: NOW, certificate: h.polka(value('d')) });
    h.proposal(value('d'));
    expect(h.state.proposals.get(0)).toHaveLength(3);
  });

  it('R-M3: a certified value is not kept for every turn to come of its proposer', () => {
    const h = new Height().begin();
    h.feed({ kind: 'certificate', at: NOW, certificate: h.polka(A) });
    for (let round = 4; round < 1_000; round += 4) h.proposal(A, { round });
    expect([...h.state.proposals.keys()]).toEqual([4]);
  });

  it('R-M3: what a certificate of a round far ahead names is kept', () => {
    const h = new Height().begin();
    h.feed({ kind: 'certificate', at: NOW, certificate: h.polka(A, 40) });
    h.proposal(A, { round: 40 });
    h.proposal(A, { round: 45 });
    expect([...h.state.proposals.keys()]).toEqual([40]);
  });

  it('R-C4: a POL of another value drops the whole proposal', () => {
    const h = new Height().begin();
    h.timer('propose');
    for (const index of [1, 2, 3]) h.vote('precommit', index, null);
    h.timer('precommit');
    h.proposal(B, { pol: h.polka(A, 0) });
    expect(h.of('report')).toHaveLength(1);
    expect(h.state.proposals.get(1)).toBeUndefined();
  });
});

/** A node locked on A in round 0, now in round 1. */
function locked(): Height {
  const h = prevoted(new Height());
  for (const index of [1, 2, 3]) h.vote('prevote', index, A);
  for (const index of [1, 2, 3]) h.vote('precommit', index, null);
  h.timer('precommit');
  return h;
}

import {
  type Echo,
  type Hash,
  limits,
  type ValidatorId,
  type Vote,
  type VoteType,
} from '@triflow/protocol';
import { describe, expect, it } from 'vitest';
import { HEIGHT, Height, NOW, value } from './testkit.js';

const A = value('a');
const B = value('b');
const V3 = 'v3' as ValidatorId;

describe('P11: the operator’s word ends a quarantine', () => {
  it('once every validator that is not lost was heard', () => {
    const h = vouched([]);
    expect(h.state.mode).toBe('following');
    heard(h, 1);
    heard(h, 2);
    expect(h.state.mode).toBe('following');
    heard(h, 3);
    expect(h.state.mode).toBe('voting');
    expect(h.state.quarantine).toEqual({ until: HEIGHT + 1, vouched: [] });
  });

  it('does not wait for one that is lost', () => {
    const h = vouched([V3]);
    heard(h, 1);
    heard(h, 2);
    expect(h.state.mode).toBe('voting');
  });

  it('after two re-broadcasts, in which observers are heard, and not in one that it missed', () => {
    const h = new Height({ quarantine: { until: null, vouched: null }, confirmed: false });
    h.feed({ kind: 'restarted', at: NOW, vouched: [] });
    for (const index of [1, 2, 3]) heard(h, index);
    expect(h.state.mode).toBe('following');
    h.timer('rebroadcast', -1);
    expect(h.state.mode).toBe('following');
    h.timer('rebroadcast', -1);
    expect(h.state.mode).toBe('voting');
  });

  it('waits so in the height that it catches up to, as well', () => {
    const quarantine = { until: HEIGHT + 1, vouched: [] };
    const h = new Height({ quarantine, confirmed: false });
    for (const index of [1, 2, 3]) heard(h, index);
    expect(h.state.mode).toBe('following');
    listen(h);
    expect(h.state.mode).toBe('voting');
  });

  it('does not do with fewer than q, however many are lost', () => {
    const h = vouched(['v1', 'v2', 'v3'] as ValidatorId[]);
    heard(h, 1);
    expect(h.state.mode).toBe('following');
  });

  it('not before a height that only one of them has decided is fetched', () => {
    const h = vouched([]);
    h.feed({ kind: 'peerStatus', at: NOW, index: 1, head: HEIGHT, echo: null });
    heard(h, 2);
    heard(h, 3);
    expect(h.state.mode).toBe('following');
    const certificate = h.commit(A);
    h.feed({ kind: 'synced', at: NOW, height: HEIGHT, valueId: A, certificate });
    expect(h.of('decide')).toMatchObject([{ valueId: A }]);
  });

  it('of a validator that is alone, at once', () => {
    const h = new Height({ n: 1, quarantine: { until: null, vouched: [] } });
    expect(h.state.mode).toBe('voting');
    expect(h.state.quarantine).toEqual({ until: HEIGHT + 1, vouched: [] });
  });

  it('means nothing to a node that is not quarantined', () => {
    const h = new Height();
    h.feed({ kind: 'restarted', at: NOW, vouched: [] });
    expect(h.state.quarantine).toBeNull();
  });

  it('lasts until the bound, so that the heights after this one are held to it too', () => {
    const quarantine = { until: HEIGHT, vouched: [] };
    expect(new Height({ quarantine }).state).toMatchObject({ mode: 'voting', quarantine });
    const after = new Height({ quarantine: { until: HEIGHT - 1, vouched: [] } });
    expect(after.state.quarantine).toBeNull();
  });
});

describe('P11: own messages of an earlier life, under the operator’s word', () => {
  it('are taken up and sent, and the node goes on to the round after them', () => {
    const h = vouched([]);
    heard(h, 1, echo('prevote', 1, B));
    expect(h.of('send')).toHaveLength(1);
    heard(h, 2);
    heard(h, 3);
    h.begin();
    expect(h.state.round).toBe(2);
    h.timer('propose');
    expect(h.asked()).toMatchObject([{ type: 'prevote', round: 2, valueId: null }]);
  });

  it('nothing is signed beside or below them, also when they come late', () => {
    const h = voting([null, null, null]);
    h.begin();
    heard(h, 1, echo('precommit', 3, null));
    expect(h.state.round).toBe(4);
    expect(h.asked()).toEqual([]);
  });

  it('a step that passed while it waited is not signed beside one', () => {
    const h = vouched([]);
    heard(h, 1, echo('precommit', 0, null));
    heard(h, 2);
    h.begin();
    h.timer('propose');
    heard(h, 3);
    expect(h.state).toMatchObject({ mode: 'voting', round: 1 });
    expect(h.asked()).toEqual([]);
  });

  it('the newest counts, in whatever order they come', () => {
    const h = voting([echo('precommit', 1, null), echo('prevote', 1, A), echo('prevote', 0, A)]);
    expect(h.state.forgotten).toEqual({ type: 'precommit', round: 1 });
  });

  it('a precommit of a value locks: another value is not prevoted', () => {
    const h = voting([echo('precommit', 0, A), null, null]);
    expect(h.state.locked).toEqual({ valueId: A, round: 0 });
    h.begin();
    inRound(h, 1);
    h.proposal(B);
    h.verdict(B);
    expect(h.asked()).toMatchObject([{ type: 'prevote', round: 1, valueId: null }]);
  });

  it('that lock is let go when its round is further back than votes are kept', () => {
    const h = voting([echo('precommit', 0, A), null, null]);
    h.begin();
    inRound(h, limits.keptRounds);
    expect(h.state.locked).toEqual({ valueId: A, round: 0 });
    inRound(h, limits.keptRounds + 1);
    expect(h.state.locked).toBeNull();
    heard(h, 1, echo('precommit', 0, A));
    expect(h.state.locked).toBeNull();
  });

  it('but not when a commit of its value is known, and not one that this life locked', () => {
    const known = voting([echo('precommit', 0, A), null, null]);
    known.begin();
    known.feed({ kind: 'certificate', at: NOW, certificate: known.commit(A, 0) });
    inRound(known, limits.keptRounds + 1);
    expect(known.state.locked).toEqual({ valueId: A, round: 0 });

    const own = voting([null, null, null]);
    own.begin();
    own.proposal(A);
    own.verdict(A);
    own.feed({ kind: 'certificate', at: NOW, certificate: own.polka(A) });
    expect(own.state.locked).toEqual({ valueId: A, round: 0 });
    inRound(own, limits.keptRounds + 1);
    expect(own.state.locked).toEqual({ valueId: A, round: 0 });
  });

  it('an observer that holds one shows it, locks nothing and is not waited for', () => {
    const h = vouched([]);
    heard(h, null, echo('precommit', 0, A));
    for (const index of [1, 2, 3]) heard(h, index);
    expect(h.state).toMatchObject({ mode: 'voting', locked: null });
    expect(h.state.forgotten).toEqual({ type: 'precommit', round: 0 });
    h.begin();
    expect(h.state.round).toBe(1);
  });

  it('an observer that holds one quarantines, without the operator’s word', () => {
    const h = new Height();
    heard(h, null, echo('prevote', 0, A));
    expect(h.state.mode).toBe('quarantined');
  });

  it('an older precommit does not unlock', () => {
    const h = voting([echo('precommit', 2, A), echo('precommit', 1, B), echo('prevote', 3, null)]);
    expect(h.state.locked).toEqual({ valueId: A, round: 2 });
  });

  it.each(['heard', 'shown'])('a proposal of its own that is %s is not made again', (way) => {
    const h = vouched([]);
    const proposal = { height: HEIGHT, round: 3, valueId: A, validRound: -1, signature: SIGNATURE };
    if (way === 'heard') h.feed({ kind: 'proposal', at: NOW, proposal });
    else heard(h, 1, proposal);
    for (const index of [1, 2, 3]) heard(h, index);
    h.begin();
    h.feed({ kind: 'blockBuilt', at: NOW, height: HEIGHT, round: 3, valueId: B, timeMs: NOW });
    expect(h.asked()).toEqual([]);
    expect(h.state.round).toBe(4);
  });

  it('one that contradicts what this life signed shows that the word was wrong', () => {
    const h = voting([null, null, null]);
    h.begin();
    h.timer('propose');
    expect(h.asked()).toMatchObject([{ type: 'prevote', round: 0, valueId: null }]);
    h.vote('prevote', 0, A, 0);
    expect(h.state).toMatchObject({
      mode: 'quarantined',
      quarantine: { until: HEIGHT + 1, vouched: null },
    });
  });
});

const SIGNATURE = new Uint8Array(64);

function vouched(lost: readonly ValidatorId[]): Height {
  const h = new Height({ quarantine: { until: null, vouched: null }, confirmed: false });
  expect(h.state.mode).toBe('quarantined');
  h.feed({ kind: 'restarted', at: NOW, vouched: lost });
  listen(h);
  return h;
}

/** The re-broadcasts in which observers are heard. */
function listen(h: Height): void {
  h.timer('rebroadcast', -1);
  h.timer('rebroadcast', -1);
}

/** Everybody was heard; each said this vote. */
function voting(echoes: readonly (Vote | null)[]): Height {
  const h = vouched([]);
  for (const [at, vote] of echoes.entries()) heard(h, at + 1, vote);
  expect(h.state.mode).toBe('voting');
  return h;
}

function heard(h: Height, index: number | null, vote: Echo | null = null): void {
  h.feed({ kind: 'peerStatus', at: NOW, index, head: HEIGHT - 1, echo: vote });
}

function echo(type: VoteType, round: number, valueId: Hash | null): Vote {
  return { type, height: HEIGHT, round, valueId, index: 0, signature: SIGNATURE };
}

/** Two others, f + 1, speak of a round. */
function inRound(h: Height, round: number): void {
  h.vote('prevote', 1, null, round);
  h.vote('prevote', 2, null, round);
  expect(h.state.round).toBe(round);
}

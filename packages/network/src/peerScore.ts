import { assert } from '@triflow/protocol';
import type { NetworkLimits } from './networkLimits.js';

const BAN_STEPS_MAX = 16;

export type PenaltyRules = Pick<
  NetworkLimits,
  'penaltyPointsMax' | 'penaltyWindowMs' | 'banMinMs' | 'banMaxMs' | 'banHealMs'
>;

/** What a peer has earned; it outlives its connections. */
export interface PeerScore {
  recent: { readonly atMs: number; readonly points: number }[];
  bans: number;
  bannedUntilMs: number;
}

/** A clean record. */
export function createPeerScore(): PeerScore {
  return { recent: [], bans: 0, bannedUntilMs: 0 };
}

/**
 * Adds points; true when the peer must be disconnected now. Each ban is twice as long as the one
 * before, up to a maximum, and a quiet time takes one step back. Source: R-D5.
 */
export function addPenalty(
  score: PeerScore,
  points: number,
  nowMs: number,
  rules: PenaltyRules,
): boolean {
  assert(Number.isSafeInteger(points) && points > 0, 'penalty: points must be positive');
  if (isBanned(score, nowMs)) return true;
  const since = nowMs - rules.penaltyWindowMs;
  score.recent = score.recent.filter((entry) => entry.atMs > since);
  score.recent.push({ atMs: nowMs, points });
  const sum = score.recent.reduce((total, entry) => total + entry.points, 0);
  if (sum < rules.penaltyPointsMax) return false;
  const bans = healedBans(score, nowMs, rules);
  score.recent = [];
  score.bans = Math.min(BAN_STEPS_MAX, bans + 1);
  score.bannedUntilMs = nowMs + Math.min(rules.banMaxMs, rules.banMinMs * 2 ** bans);
  return true;
}

/** Whether the peer is kept out at this time. */
export function isBanned(score: PeerScore, nowMs: number): boolean {
  return nowMs < score.bannedUntilMs;
}

/** Whether the record says nothing any more, so that it may be forgotten. */
export function isClean(score: PeerScore, nowMs: number, rules: PenaltyRules): boolean {
  const since = nowMs - rules.penaltyWindowMs;
  const recent = score.recent.some((entry) => entry.atMs > since);
  return !recent && !isBanned(score, nowMs) && healedBans(score, nowMs, rules) === 0;
}

function healedBans(score: PeerScore, nowMs: number, rules: PenaltyRules): number {
  if (score.bans === 0) return 0;
  const quietMs = Math.max(0, nowMs - score.bannedUntilMs);
  return Math.max(0, score.bans - Math.floor(quietMs / rules.banHealMs));
}

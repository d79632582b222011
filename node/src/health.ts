import type { Health } from '@triflow/api';
import { limits, quorum } from '@triflow/protocol';
import type { RunningNode } from './createNode.js';

const CLOCK_AHEAD_MS = 5_000;
const { headLagMax } = limits;

/** Validators that this node reaches, itself counted, beyond the quorum of the next height. */
export function quorumMargin(node: RunningNode): number {
  const { reached, needed } = reachedOf(node);
  return reached - needed;
}

/** Why a node is ready, or is not; a stalled round is said here and is no failure of liveness. */
export function nodeHealth(node: RunningNode): Health {
  const { chain, driver, sync, store } = node;
  const head = chain.head();
  const started = driver.isStarted();
  const mode = started ? driver.state().mode : 'stopped';
  const round = started ? driver.state().round : -1;
  const lag = Math.max(0, sync.highestHead() - head.height);
  const { set, missing, reached, needed } = reachedOf(node);
  const aheadMs = head.timeMs - node.clock.nowMs();
  const names = missing.map(({ id }) => id).join(', ');
  const seated = set.some(({ id }) => id === node.self);
  const fatal = node.fatal() ?? node.damage();
  const checks = {
    sync: check(
      lag <= headLagMax,
      lag,
      headLagMax,
      `${lag} blocks behind the highest head reported`,
    ),
    peers: check(reached >= needed, reached, needed, `no connection to ${names}`),
    storage: check(
      fatal === undefined && store.head() !== undefined,
      fatal === undefined ? 'ok' : 'failed',
      'ok',
      String(fatal),
    ),
    consensus: check(
      mode === 'voting' || (mode === 'following' && !seated),
      mode,
      seated ? 'voting' : 'following',
      `${mode}, round ${round}`,
    ),
    clock: check(aheadMs < CLOCK_AHEAD_MS, Math.max(0, aheadMs), CLOCK_AHEAD_MS, 'clock is behind'),
  };
  if (node.admission.isDraining()) {
    const admission = check(false, 'draining', 'open', 'the operator will stop it');
    return { live: true, ready: false, checks: { ...checks, admission } };
  }
  const ready = Object.values(checks).every(({ ok }) => ok);
  return { live: true, ready, checks };
}

function reachedOf({ chain, network, self }: RunningNode) {
  const set = chain.validatorSet(chain.head().height + 1);
  const connected = new Set(network.connectedPeers());
  const missing = set.filter(({ id, peerId }) => id !== self && !connected.has(peerId));
  return { set, missing, reached: set.length - missing.length, needed: quorum(set.length) };
}

function check(
  ok: boolean,
  value: string | number,
  threshold: string | number,
  reason: string,
): Health['checks']['sync'] {
  return ok ? { ok, value, threshold } : { ok, value, threshold, reason };
}

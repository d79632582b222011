import type { ComponentChildren } from 'preact';
import { partyName } from '../data/partyNames.js';
import { countText } from '../format/amounts.js';
import { durationText } from '../format/times.js';
import { type ChainHealth, quorumOf } from '../graph/chainHealth.js';
import { t, tMaybe } from '../messages/translate.js';
import { Icon } from '../parts/icons.js';
import type { ValidatorRow } from './networkPage.js';
import type { NodeHealth } from './nodeChecks.js';

export interface Diagnosis {
  readonly state: 'ok' | 'slow' | 'stalled';
  readonly sinceMs: number;
  /** Reasons as sentences; the first weighs most. */
  readonly reasons: readonly string[];
  /** Nothing to write: slow blocks are as they should be. */
  readonly isIdle: boolean;
  readonly heartbeatMs: number;
}

interface Signs {
  readonly run: ChainHealth;
  readonly validators: readonly ValidatorRow[];
  readonly health: NodeHealth;
  readonly sinceMs: number;
  readonly heartbeatMs: number;
  readonly timeoutMs: number;
  readonly isReachable: boolean;
}

/** A block this much later than the heartbeat is late. */
const LATE = 3;

/** Weighs what headers, certificates and the node's own checks say. */
export function diagnose(signs: Signs): Diagnosis {
  const { run, sinceMs, heartbeatMs, timeoutMs } = signs;
  const reasons = reasonsOf(signs);
  const lateMs = Math.max(heartbeatMs * LATE, heartbeatMs + timeoutMs);
  const stalled = run.count > 0 && heartbeatMs > 0 && sinceMs > lateMs;
  const isIdle = run.transactions === 0;
  const state = stalled ? 'stalled' : reasons.length > 0 ? 'slow' : 'ok';
  return { state, sinceMs, reasons, isIdle, heartbeatMs };
}

function reasonsOf({ run, validators, health, isReachable }: Signs): readonly string[] {
  const reasons: string[] = [];
  if (!isReachable) reasons.push(t('network.why.unreachable'));
  const count = countText(run.count);
  const spare = validators.length - run.absent.length - quorumOf(validators.length);
  for (const { index, silentFor } of run.absent) {
    const margin =
      spare > 0 ? t('network.why.margin.some', { spare }) : t('network.why.margin.none');
    const since = { name: nameOf(validators, index), count: countText(silentFor), margin };
    reasons.push(t('network.why.missing', since));
  }
  if (run.roundsOverFirst > 0) {
    const values = { count: run.roundsOverFirst, of: count, max: run.roundMax + 1 };
    reasons.push(t('network.why.rounds', values));
  }
  for (const { index, missed } of run.often) {
    reasons.push(t('network.why.often', { name: nameOf(validators, index), missed, count }));
  }
  for (const [name, { ok, reason }] of Object.entries(health.checks)) {
    if (ok) continue;
    const shown = tMaybe(`network.health.${name}`) ?? name;
    reasons.push(t('network.why.check', { name: shown, reason: reason ?? t('network.notOk') }));
  }
  return reasons;
}

interface WhySlowProps {
  readonly diagnosis: Diagnosis;
  readonly run: ChainHealth;
  readonly validators: readonly ValidatorRow[];
}

/** One sentence on how the chain runs, and the reasons when it does not run well. */
export function WhySlow({ diagnosis, run, validators }: WhySlowProps): ComponentChildren {
  const { state, sinceMs, reasons, isIdle, heartbeatMs } = diagnosis;
  const lead =
    state === 'stalled'
      ? t('network.lead.stalled', { time: durationText(sinceMs) })
      : t(`network.lead.${state}`);
  return (
    <section class={`why is-${state}`} aria-labelledby="why-title">
      <h2 id="why-title">
        <Icon name={state === 'ok' ? 'shield' : 'warn'} />
        {lead}
      </h2>
      <p>
        {t('network.sentence.interval', {
          interval: durationText(run.intervalMs),
          count: countText(run.count),
        })}{' '}
        {isIdle && t('network.why.idle', { interval: durationText(heartbeatMs) })}{' '}
        {run.absent.length === 0 &&
          state !== 'stalled' &&
          t('network.sentence.all', { of: validators.length })}
      </p>
      {reasons.length === 0 ? (
        <p class="muted">{t('network.why.none')}</p>
      ) : (
        <ul>
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function nameOf(validators: readonly ValidatorRow[], index: number): string {
  const validator = validators.find((one) => one.index === index);
  if (validator === undefined) return String(index);
  return `${validator.id} (${partyName(validator.party)})`;
}

import { type EventQuery, isScheduled, readSchedule } from '@triflow/epcis';
import { isPartyId, type Logger, limits } from '@triflow/protocol';
import type { AccessService } from '../access/accessService.js';
import type { NodeBackend } from '../backend.js';
import type { createEventViews } from './eventView.js';
import { followQuery } from './followQuery.js';
import { queryDocument } from './queryDocument.js';
import type { SavedQueries, Subscription } from './savedQueries.js';
import { deliver } from './webhook.js';

const TICK_MS = 1_000;
const LATE_SECONDS = 5;
const PAUSES_MS: readonly number[] = [1_000, 2_000, 5_000, 15_000, 30_000, 60_000];

export interface SubscriptionParts {
  readonly backend: NodeBackend;
  readonly access: AccessService;
  readonly views: ReturnType<typeof createEventViews>;
  readonly saved: SavedQueries;
  readonly logger: Logger;
  /** The query of a name as it is understood now; undefined when it is gone. */
  readonly queryOfName: (name: string) => EventQuery | undefined;
  readonly nowMs: () => number;
}

interface Run {
  running: boolean;
  again: boolean;
  /** Deliveries that failed since the last that did not. */
  failures: number;
  waitUntilMs: number;
  lastSecond: number;
}

/**
 * Sends the reports of subscriptions: streaming ones with every block, scheduled ones at their
 * seconds. What a destination does not take is sent again, later and later, from the same place.
 */
export class Subscriptions {
  readonly #parts: SubscriptionParts;
  readonly #runs = new Map<string, Run>();
  readonly #stopping = new AbortController();
  readonly #busy = new Set<Promise<void>>();
  #timer: NodeJS.Timeout | undefined;
  #stopListening: (() => void) | undefined;

  constructor(parts: SubscriptionParts) {
    this.#parts = parts;
  }

  start(): void {
    const { backend, saved } = this.#parts;
    this.#stopListening = backend.onCommit(() => {
      for (const one of saved.subscriptions.values()) if (one.stream) this.wake(one, false);
    });
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopListening?.();
    this.#stopping.abort();
    await Promise.all(this.#busy);
  }

  /** Runs a subscription now, or once more when it is running. */
  wake(subscription: Subscription, isDue: boolean): void {
    const id = subscription.subscriptionID;
    const run = this.#runs.get(id) ?? emptyRun();
    this.#runs.set(id, run);
    if (run.running) {
      run.again = true;
      return;
    }
    if (this.#stopping.signal.aborted || this.#parts.nowMs() < run.waitUntilMs) return;
    run.running = true;
    const work = this.#report(subscription, run, isDue).finally(() => {
      run.running = false;
      this.#busy.delete(work);
      if (!run.again) return;
      run.again = false;
      this.wake(subscription, false);
    });
    this.#busy.add(work);
  }

  #tick(): void {
    const nowMs = this.#parts.nowMs();
    for (const [id, run] of this.#runs) {
      const one = this.#parts.saved.subscriptions.get(id);
      if (one === undefined) this.#runs.delete(id);
      else if (run.failures > 0 && !run.running) this.wake(one, false);
    }
    for (const one of this.#parts.saved.subscriptions.values()) {
      if (one.schedule === undefined) continue;
      const schedule = readSchedule(one.schedule, '/schedule');
      const run = this.#runs.get(one.subscriptionID) ?? emptyRun();
      this.#runs.set(one.subscriptionID, run);
      const second = Math.floor(nowMs / TICK_MS);
      // A tick that comes late must not skip a second that was named.
      const from =
        run.lastSecond === 0 ? second : Math.max(run.lastSecond + 1, second - LATE_SECONDS);
      run.lastSecond = second;
      if (!schedule.ok) continue;
      let isDue = false;
      for (let at = from; at <= second; at += 1) {
        isDue = isDue || isScheduled(schedule.value, at * TICK_MS);
      }
      if (isDue) this.wake(one, true);
    }
  }

  async #report(subscription: Subscription, run: Run, isDue: boolean): Promise<void> {
    const { saved, queryOfName, logger, nowMs } = this.#parts;
    const { subscriptionID, queryName } = subscription;
    try {
      let isFirst = isDue;
      for (let more = true; more && saved.subscriptions.has(subscriptionID); ) {
        const query = queryOfName(queryName);
        if (query === undefined || this.#stopping.signal.aborted) return;
        more = await this.#reportPage(subscription, query, isFirst);
        isFirst = false;
      }
      run.failures = 0;
    } catch (error) {
      if (this.#stopping.signal.aborted) return;
      const pauseMs = PAUSES_MS[Math.min(run.failures, PAUSES_MS.length - 1)] ?? 0;
      run.failures += 1;
      run.waitUntilMs = nowMs() + pauseMs;
      const reason = error instanceof Error ? error.message : String(error);
      logger.warn('epcis.report_failed', { subscriptionID, failures: run.failures, reason });
    }
  }

  /** Sends one page; whether another follows. */
  async #reportPage(
    subscription: Subscription,
    query: EventQuery,
    isDue: boolean,
  ): Promise<boolean> {
    const { access, views, saved, nowMs } = this.#parts;
    const { owner, queryName, subscriptionID, dest, signatureToken } = subscription;
    const party = owner !== undefined && isPartyId(owner) ? owner : undefined;
    const sight = await access.ofParty(party);
    const view = await views(sight);
    const limit = limits.epcisPageDefault;
    const page = await followQuery(view, query, subscription.position, limit);
    await sight.settle('epcis.subscription', subscriptionID, view.height);
    const isEmpty = page.events.length === 0;
    if (!isEmpty || (isDue && subscription.reportIfEmpty)) {
      const facts = { queryName, subscriptionID, nowMs: nowMs() };
      const body = queryDocument(page.events, { ...facts, epcFormat: 'Never_Translates' });
      await deliver({ dest, signatureToken, body }, this.#stopping.signal);
      subscription.lastReportedAt = nowMs();
    }
    if (page.position !== subscription.position) {
      subscription.position = page.position;
      if (saved.subscriptions.has(subscriptionID)) await saved.save();
    }
    return page.more;
  }
}

function emptyRun(): Run {
  return { running: false, again: false, failures: 0, waitUntilMs: 0, lastSecond: 0 };
}

import type { HeaderFacts } from '@triflow/sdk';
import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { chainClient, nodeInfo } from '../data/chainClient.js';
import { head, type LedgerFact, onFact } from '../data/liveEvents.js';
import { getJson, reachable } from '../data/nodeApi.js';
import { blocksBack, readFacts } from '../data/readLists.js';
import { useLoad } from '../data/useLoad.js';
import { countText } from '../format/amounts.js';
import { agoText, durationText } from '../format/times.js';
import { chainHealthOf, faultsOf } from '../graph/chainHealth.js';
import { t } from '../messages/translate.js';
import { Settled } from '../parts/states.js';
import { Story } from '../parts/story.js';
import { Tile } from '../parts/tile.js';
import { Attention } from './attention.js';
import { NodeChecks, type NodeHealth } from './nodeChecks.js';
import { PageTitle } from './pageTitle.js';
import { SignatureGrid } from './signatureGrid.js';
import { type Diagnosis, diagnose, WhySlow } from './whySlow.js';

export interface ValidatorRow {
  readonly index: number;
  readonly id: string;
  readonly party: string;
}

interface Overview {
  readonly headers: readonly HeaderFacts[];
  readonly validators: readonly ValidatorRow[];
  readonly health: NodeHealth;
}

const BLOCKS = 50;
const EVERY_MS = 2_000;
const FACTS_SHOWN = 16;
/** Single quotes come many to a price and are told by it. */
const UNTOLD = ['quote.submitted', 'pending.signed', 'pending.completed'];
/** Idle blocks hold no facts: the newest are looked for in stretches that grow. */
const STRETCHES = [400, 4_000, 40_000];

/** How the chain runs, why it is slow when it is, and what happens on it. */
export function NetworkPage(): ComponentChildren {
  const loaded = useLoad('network', readOverview, { everyMs: EVERY_MS });
  return (
    <>
      <PageTitle title={t('network.title')} kind={nodeInfo.value?.chainId ?? ''} />
      <Settled loaded={loaded}>{(overview) => <OverviewBody overview={overview} />}</Settled>
      <div class="columns">
        <LiveFacts />
        <Attention />
      </div>
    </>
  );
}

async function readOverview(signal: AbortSignal): Promise<Overview> {
  const client = await chainClient();
  const { height } = await getJson<{ height: number }>('/v1/info', signal);
  const [headers, { validators }, health] = await Promise.all([
    client.headers({ from: Math.max(1, height - BLOCKS + 1), to: height }, { signal }),
    getJson<{ validators: ValidatorRow[] }>('/v1/validators', signal),
    getJson<NodeHealth>('/v1/health', signal),
  ]);
  return { headers, validators, health };
}

function OverviewBody({ overview }: { readonly overview: Overview }): ComponentChildren {
  const { headers, validators, health } = overview;
  const nowMs = useClock();
  const run = chainHealthOf(headers, validators.length);
  const last = headers.at(-1);
  const parameters = nodeInfo.value?.parameters ?? {};
  const diagnosis: Diagnosis = diagnose({
    run,
    validators,
    health,
    sinceMs: last === undefined ? 0 : nowMs - last.timeMs,
    heartbeatMs: parameters.heartbeatMs ?? 0,
    timeoutMs: parameters.timeoutCapMs ?? 0,
    isReachable: reachable.value,
  });
  const isStalled = diagnosis.state === 'stalled';
  const signing = validators.length - run.absent.length;
  const perSecond = run.spanMs === 0 ? 0 : (run.transactions * 1_000) / run.spanMs;
  return (
    <>
      <WhySlow diagnosis={diagnosis} run={run} validators={validators} />
      <div class="tiles">
        <Tile name={t('network.tile.height')} value={countText(last?.height ?? 0)}>
          {last !== undefined && t('network.age', { ago: agoText(last.timeMs, nowMs) })}
        </Tile>
        <Tile name={t('network.tile.interval')} value={durationText(run.intervalMs)}>
          {t('network.tile.intervalNote', { count: countText(run.count) })}
        </Tile>
        <Tile name={t('network.tile.throughput')} value={`${perSecond.toFixed(1)} tx/s`}>
          {t('network.tile.throughputNote', {
            count: countText(run.transactions),
            time: durationText(run.spanMs),
          })}
        </Tile>
        <Tile
          name={t('network.tile.validators')}
          value={`${isStalled ? '–' : signing} / ${validators.length}`}
          tone={isStalled || run.absent.length > 0 ? 'warn' : 'plain'}
        >
          {t('network.tile.validatorsNote', { faults: faultsOf(validators.length) })}
        </Tile>
      </div>
      <div class="columns wide-left">
        <SignatureGrid headers={headers} validators={validators} />
        <NodeChecks health={health} />
      </div>
    </>
  );
}

/** The newest facts, told as they come. */
function LiveFacts(): ComponentChildren {
  const height = head.value?.height;
  let last: readonly LedgerFact[] = [];
  const loaded = useLoad(`live/${height === undefined ? 'none' : 'some'}`, async (signal) => {
    for (const blocks of STRETCHES) {
      const after = blocksBack(head.peek()?.height ?? 0, blocks);
      const facts = await readFacts({ after }, FACTS_SHOWN * 4, signal);
      if (facts.length >= FACTS_SHOWN) return facts;
      last = facts;
    }
    return last;
  });
  const [fresh, setFresh] = useState<readonly LedgerFact[]>([]);
  useEffect(
    () => onFact((fact) => setFresh((before) => [fact, ...before].slice(0, FACTS_SHOWN * 4))),
    [],
  );
  return (
    <section aria-labelledby="live-title" class="live">
      <h2 id="live-title">{t('network.live')}</h2>
      <p class="muted small">{t('network.liveNote')}</p>
      <Settled loaded={loaded}>
        {(facts) => {
          const known = new Set(fresh.map(({ cursor }) => cursor));
          const all = [...fresh, ...facts.filter(({ cursor }) => !known.has(cursor))].filter(
            ({ type }) => !UNTOLD.includes(type),
          );
          return <Story facts={all.slice(0, FACTS_SHOWN)} />;
        }}
      </Settled>
    </section>
  );
}

/** The time now, each second. */
export function useClock(): number {
  const [nowMs, setNowMs] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, []);
  return nowMs;
}

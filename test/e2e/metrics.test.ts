import { type Devnet, startDevnet } from '@triflow/devnet';
import { defined } from '@triflow/protocol';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freshGln, registerPlace } from './places.js';

type Kind = 'gauge' | 'counter' | 'histogram';

/** Each metric that is promised to operators: its kind, its unit in words, its labels. */
const promised: readonly (readonly [name: string, kind: Kind, ...labels: string[]])[] = [
  ['consensus_height', 'gauge'],
  ['consensus_round', 'gauge'],
  ['consensus_rounds_total', 'counter'],
  ['consensus_block_interval_seconds', 'histogram'],
  ['consensus_finality_seconds', 'histogram'],
  ['consensus_step_seconds', 'histogram', 'step'],
  ['consensus_missed_votes_total', 'counter', 'validator'],
  ['consensus_quorum_margin', 'gauge'],
  ['consensus_stalled', 'gauge'],
  ['mempool_transactions', 'gauge'],
  ['mempool_bytes', 'gauge'],
  ['tx_total', 'counter', 'command', 'outcome'],
  ['tx_execution_seconds', 'histogram', 'command'],
  ['p2p_peers', 'gauge'],
  ['p2p_bytes_total', 'counter', 'direction', 'protocol'],
  ['storage_bytes', 'gauge', 'store'],
  ['storage_reclaimable_bytes', 'gauge'],
  ['sync_lag_blocks', 'gauge'],
  ['sse_clients', 'gauge'],
  ['http_request_duration_seconds', 'histogram', 'route', 'method', 'status'],
  ['pledges_over_margin', 'gauge'],
  ['tls_expiry_timestamp_seconds', 'gauge', 'listener'],
  ['build_info', 'gauge', 'version'],
];
/** What has no sample where there is no certificate, or no disk. */
const WITHOUT_SAMPLES = new Set(['tls_expiry_timestamp_seconds', 'storage_bytes']);
/** Of the process and of Node, by the common names of their exporter. */
const COMMON = /^(process|nodejs)_/;

interface Metric {
  readonly help: string;
  readonly kind: string;
  readonly samples: readonly { readonly labels: string; readonly value: number }[];
}

describe('the metrics of a node', () => {
  let net: Devnet;
  let metrics: ReadonlyMap<string, Metric>;

  beforeAll(async () => {
    net = await startDevnet({ nodes: 4, transport: 'inproc', storage: 'memory' });
    const client = net.client('carrier');
    await defined(net.nodes[3], 'v4').kill();
    await (await client.transaction(registerPlace(freshGln()))).commit();
    await client.head();
    const ops = defined(net.nodes[0], 'v1').ops;
    metrics = metricsOf(await (await fetch(`${ops}/metrics`)).text());
  });

  afterAll(() => net?.stop());

  it.each(promised)(
    'triflow_%s is a %s with help in words, in base units',
    (name, kind, ...labels) => {
      const metric = defined(metrics.get(name), name);
      expect(metric.kind).toBe(kind);
      expect(metric.help).toMatch(/^.{10,}$/);
      if (name.endsWith('_seconds')) expect(metric.help).toMatch(/seconds|Time/);
      expect(name.endsWith('_total')).toBe(kind === 'counter');
      if (WITHOUT_SAMPLES.has(name)) return;
      expect(metric.samples.length).toBeGreaterThan(0);
      for (const label of labels) {
        expect(metric.samples.some((one) => one.labels.includes(`${label}="`))).toBe(true);
      }
    },
  );

  it('are those that are promised, and no other', () => {
    const own = [...metrics.keys()].filter((name) => !COMMON.test(name));
    expect(own.sort()).toEqual(promised.map(([name]) => name).sort());
  });

  it('tell what happened: blocks, a command, a validator that is missing', () => {
    const sum = (name: string, labels = '') => {
      const { samples } = defined(metrics.get(name), name);
      const found = samples.filter((one) => one.labels.includes(labels));
      return found.reduce((total, { value }) => total + value, 0);
    };
    expect(sum('consensus_height')).toBeGreaterThan(0);
    expect(sum('consensus_rounds_total')).toBeGreaterThan(0);
    expect(sum('consensus_missed_votes_total', 'validator="v4"')).toBeGreaterThan(0);
    expect(sum('consensus_quorum_margin')).toBe(0);
    expect(sum('tx_total', 'outcome="committed"')).toBeGreaterThan(0);
    expect(sum('tx_execution_seconds', 'command="')).toBeGreaterThan(0);
    for (const step of ['propose', 'prevote', 'precommit']) {
      expect(sum('consensus_step_seconds', `step="${step}"`), step).toBeGreaterThan(0);
    }
    expect(sum('p2p_bytes_total', 'direction="in",protocol="consensus"')).toBeGreaterThan(0);
    expect(sum('build_info')).toBe(1);
    expect(sum('pledges_over_margin')).toBe(0);
  });
});

/** The Prometheus text by metric; the samples of a histogram stand under its own name. */
function metricsOf(text: string): ReadonlyMap<string, Metric> {
  const metrics = new Map<string, { help: string; kind: string; samples: Metric['samples'] }>();
  let current = '';
  for (const line of text.split('\n')) {
    const [, word, name = '', rest = ''] = /^# (HELP|TYPE) triflow_(\S+) (.*)$/.exec(line) ?? [];
    const metric = metrics.get(name) ?? { help: '', kind: '', samples: [] };
    if (word === 'HELP') metrics.set(name, { ...metric, help: rest });
    if (word === 'TYPE') metrics.set(name, { ...metric, kind: rest });
    if (word !== undefined) current = name;
    const [, sample = '', labels = '', value] =
      /^triflow_([a-z0-9_]+)(\{.*\})? (\S+)$/.exec(line) ?? [];
    const owner = metrics.get(current);
    if (value === undefined || owner === undefined || !sample.startsWith(current)) continue;
    owner.samples = [...owner.samples, { labels, value: Number(value) }];
  }
  return metrics;
}

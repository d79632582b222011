import { type InfoAnswer, infoSchema, readinessSchema } from '@triflow/api/routes';
import { genesisHashOf } from '@triflow/crypto';
import type { z } from 'zod';
import { version } from '../version.js';
import { type Finding, note, ok, warning } from './finding.js';
import type { Place } from './place.js';

const TIMEOUT_MS = 5_000;
const CLOCK_APART_MS = 5_000;
const LAG_NOTED = 2;

const nextOf: Readonly<Record<string, string>> = {
  sync: 'wait: it catches up and signs nothing meanwhile; if it lags more, look at peers',
  peers:
    'check the addresses under [p2p.peers], the firewall, and ask the operators of those named',
  storage: 'stop the node, then triflow doctor again: it reads the whole data folder',
  consensus:
    'quarantined and following pass by themselves; halted: read the log before starting again, ' +
    'this node differs from its peers',
  clock: 'set the clock by NTP',
};

/** What the node of this home says of itself while it runs. */
export async function liveFindings({ config, runningPid }: Place): Promise<Finding[]> {
  if (runningPid === undefined) return [];
  const running = ok('node', `running, pid ${runningPid}; its data is not opened meanwhile`);
  const { ops, http } = config;
  if (ops.port === 0) return [running, note('node', 'ops.port is 0: it cannot be asked from here')];
  const readyz = await ask(`http://${ops.host}:${ops.port}/readyz`, readinessSchema);
  if (readyz === undefined) {
    const text = `pid ${runningPid} holds the data folder, but does not answer on ops.port ${ops.port}`;
    const next = 'wait if it has just begun; otherwise look at its log, then stop it by SIGTERM';
    return [running, warning('node', text, next)];
  }
  const findings = Object.entries(readyz.value.checks).map(([name, check]) => {
    const { ok: isOk, value, reason } = check;
    if (isOk) return ok(`node ${name}`, String(value));
    return warning(`node ${name}`, reason ?? String(value), nextOf[name] ?? 'look at its log');
  });
  const margin = marginFinding(readyz.value.checks.peers);
  const scheme = config.http.tls === undefined ? 'http' : 'https';
  const info = await ask(`${scheme}://${http.host}:${http.port}/v1/info`, infoSchema);
  return [
    running,
    ...findings,
    ...margin,
    ...(info === undefined ? [] : softwareFindings(info.value)),
  ];
}

/** Another node's answers beside this home's own: chain, height, clock, version. */
export async function comparedFindings(
  { genesis, nowMs }: Place,
  url: string,
  head: number | undefined,
): Promise<Finding[]> {
  const answer = await ask(`${url}/v1/info`, infoSchema);
  const where = 'compared';
  if (answer === undefined) {
    return [warning(where, `no node answers at ${url}`, 'give another --node, or leave it out')];
  }
  const { value: info, dateMs } = answer;
  const findings: Finding[] = [];
  if (genesis !== undefined && info.genesisHash !== `sha256:${genesisHashOf(genesis)}`) {
    const text = `${url} is of another chain: ${info.chainId}, ${info.genesisHash}`;
    const next = 'compare triflow genesis hash with the other parties before anything else';
    return [{ ...warning(where, text, next), severity: 'error', code: 'GENESIS_MISMATCH' }];
  }
  const apartMs = dateMs === undefined ? 0 : Math.abs(nowMs - dateMs);
  if (apartMs > CLOCK_APART_MS) {
    const text = `the clock differs from that of ${url} by ${Math.round(apartMs / 1_000)} s`;
    findings.push(warning('clock', text, 'set both by NTP; find out which one is wrong'));
  }
  if (head !== undefined && info.height > head + LAG_NOTED) {
    const text = `${info.height - head} blocks behind ${url}, which stands at ${info.height}`;
    findings.push(note(where, text, 'triflow start: it catches up by itself'));
  }
  findings.push(...softwareFindings(info));
  return [...findings, ok(where, `${url}: the same chain, height ${info.height}`)];
}

function marginFinding(peers: { value: unknown; threshold?: unknown } | undefined): Finding[] {
  if (typeof peers?.value !== 'number' || typeof peers.threshold !== 'number') return [];
  const margin = peers.value - peers.threshold;
  if (margin > 0) return [ok('node margin', `${margin} more validators may fail`)];
  if (margin < 0) return [];
  const text = `just a quorum of ${peers.threshold} is reached: one more failure stops the blocks`;
  return [note('node margin', text, 'bring the missing validators back')];
}

function softwareFindings({ software, nodeId }: InfoAnswer): Finding[] {
  if (software.version === version) return [];
  const text = `${nodeId} runs ${software.version}, this program is ${version}`;
  return [note('versions', text, 'use one version for both: triflow version')];
}

async function ask<T>(
  url: string,
  schema: z.ZodType<T>,
): Promise<{ readonly value: T; readonly dateMs: number | undefined } | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    const dateMs = Date.parse(answer.headers.get('date') ?? '');
    const value = schema.parse(await answer.json());
    return { value, dateMs: Number.isNaN(dateMs) ? undefined : dateMs };
  } catch {
    return undefined;
  }
}

import { relative } from 'node:path';
import { faultsMax } from '@triflow/protocol';
import type { Devnet, DevnetStep } from '../devnet.js';
import type { DevnetNode } from '../devnetNode.js';
import { servesPage } from '../nodeReads.js';
import { version } from '../version.js';
import { type Output, padTo, paint, secondsOf } from './output.js';

const LABEL_COLUMNS = 22;
const TIME_COLUMNS = 8;

/** The first line: what is started and where its state lies. */
export function headline(step: DevnetStep & { step: 'genesis' }, state: string): string {
  const { nodes, chainId, dir } = step;
  const name = paint('bold', `triflow devnet ${version}`);
  const validators = `${nodes} validators, tolerates ${faultsMax(nodes)}`;
  return `${name}   chain ${chainId}   ${validators}   state ${shortPath(dir)} (${state})`;
}

/** A step that is done, with the time since the start. */
export function stepLine(label: string, ms: number, facts = ''): string {
  const time = secondsOf(ms).padStart(TIME_COLUMNS - 2);
  return `  ${paint('green', '✔')} ${padTo(label, LABEL_COLUMNS)} ${time}   ${facts}`.trimEnd();
}

/** Prints each step as it is done; before the first what is started. */
export function stepPrinter(output: Output, state: string): (step: DevnetStep) => void {
  let nodes = 0;
  return (step) => {
    output.emit({ event: 'step', ...step });
    if (step.step === 'genesis') {
      nodes = step.nodes;
      output.say(`${headline(step, state)}\n`);
    }
    output.say(lineOfStep(step, nodes));
  };
}

/** Where everything is; what is not served is left out. */
export async function endpointLines(devnet: Devnet): Promise<string[]> {
  const description = devnet.describe();
  const [first] = description.nodes;
  if (first === undefined) return [];
  const ports = description.nodes.map((node) => `:${new URL(node.http).port}`).join(' ');
  const docs = (await servesPage(`${first.http}/docs`)) ? `${first.http}/docs` : undefined;
  const lines = [
    pair(['Explorer', description.explorer ?? undefined], ['API docs', docs]),
    pair(['Nodes', ports], ['Metrics', `${first.ops}/metrics`]),
    `  Accounts   ${shortPath(devnet.devnetFile)}   PUBLIC demo keys: never use outside a devnet`,
  ];
  return lines.filter((line) => line !== '');
}

/** Tells of nodes that ended by themselves; after a signal they all do. */
export function failurePrinter(output: Output, signal: AbortSignal): (node: DevnetNode) => void {
  return ({ nodeId, index, log }) => {
    if (signal.aborted) return;
    output.emit({ event: 'failed', index, nodeId, log });
    const where = log === null ? '' : `: ${shortPath(log)}`;
    output.say(`  ${paint('red', '✘')} ${nodeId} ended by itself${where}`);
  };
}

/** A path as short as it can be said from here. */
export function shortPath(path: string): string {
  const from = relative(process.cwd(), path);
  return from === '' || from.startsWith('..') ? path : from;
}

function lineOfStep(step: DevnetStep, nodes: number): string {
  switch (step.step) {
    case 'genesis':
      return stepLine(step.isNew ? 'keys and genesis' : 'kept state', step.ms);
    case 'nodes':
      return stepLine(`${nodes} nodes up`, step.ms);
    case 'ready': {
      const { height, signers, of } = step.probe;
      return stepLine('first block final', step.ms, `height ${height}, signed ${signers}/${of}`);
    }
  }
}

function pair(
  [left, leftText]: readonly [string, string | undefined],
  [right, rightText]: readonly [string, string | undefined],
): string {
  const shown: string[] = [];
  if (leftText !== undefined) shown.push(`${padTo(left, 10)} ${padTo(leftText, 28)}`);
  if (rightText !== undefined) shown.push(`${padTo(right, 10)} ${rightText}`);
  return shown.length === 0 ? '' : `  ${shown.join('  ')}`.trimEnd();
}

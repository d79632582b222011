import { CodedError, errorCodes } from '@triflow/protocol';
import { exitCodeOf } from '../exitCodeOf.js';

export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  notFound: 3,
  rejected: 4,
  unknown: 5,
  unreachable: 6,
  unverified: 7,
} as const;

/** Programs of the node itself, whose own exit codes go from 10 on. */
const OPERATORS_WORDS = [
  'init',
  'admin',
  'start',
  'key',
  'token',
  'doctor',
  'config',
  'genesis',
  'db',
  'backup',
];

/** What to do next, by code; business refusals lead to their page. */
const nextSteps: Readonly<Record<string, string>> = {
  REQUEST_INVALID: 'correct the command; --help shows its options',
  OBJECT_NOT_FOUND: 'check the id; a list verb shows what there is',
  TRANSACTION_NOT_FOUND: 'it may be younger than this node, or never sent: triflow tx wait ID',
  BLOCK_NOT_FOUND: 'triflow block show latest says how far the chain is',
  ROUTE_NOT_FOUND: 'is --node a node’s HTTP port, and not its operations port?',
  TRANSPORT_FAILED: 'is the node up? triflow status, triflow devnet status, or --node URL',
  OUTCOME_UNKNOWN: 'send the same bytes again, or triflow tx wait ID: never build it anew before',
  WAIT_TIMEOUT: 'wait longer with --timeout',
  TRANSACTION_EXPIRED: 'it had no effect and never will: build and sign it anew',
  CHAIN_MISMATCH: 'compare --node with the genesis that you trust',
  VERIFICATION_FAILED: 'do not use this answer; ask another node with --node and tell its operator',
  TRUST_EXPIRED: 'trust a newer validator set, from somebody who has followed the chain',
  CURSOR_PRUNED: 'ask a node that keeps more, or begin at a later cursor',
  PROOF_PRUNED: 'ask an observer that keeps proofs, or read the newest height',
  KEYSTORE_PASSWORD: 'give --password-file, TRIFLOW_PASSWORD, or type it at a terminal',
  KEYSTORE_INVALID: 'check the path; restore the file from its backup if it is damaged',
  CONFIG_INVALID: 'correct the value; triflow config show --origin says where each comes from',
  GENESIS_INVALID: 'get the document again from another party and compare its hash',
  GENESIS_MISMATCH: 'use the data folder of this chain; nothing was changed',
  STORE_LOCKED: 'stop the other process, or use --node to ask it',
  STORE_CORRUPT: 'triflow doctor --home DIR names the damage and the safe next step',
  STORE_FULL: 'make room, then start again: nothing that was acknowledged is lost',
  PORT_IN_USE: 'stop what holds the port, or change it in triflow.toml',
  NODE_HALTED: 'read the log before starting again: this node differs from its peers',
  AUTH_REQUIRED: 'read as a party: --key FILE, or --as ALIAS on a devnet',
  AUTH_NOT_VISIBLE: 'ask as a party to it, or have a party grant the view',
  NODE_DRAINING: 'ask another node with --node',
  MEMPOOL_FULL: 'wait a moment and send the same bytes again',
  RATE_LIMITED: 'wait a moment',
  NODE_SYNCING: 'wait until it has caught up, or ask another node with --node',
  QUORUM_UNAVAILABLE: 'triflow status says which validators are missing',
};

/** The exit code of whatever a verb threw (experience section 3). */
export function exitCodeFor(error: unknown, noun: string): number {
  if (!(error instanceof CodedError)) return exitCodes.failed;
  const { code } = error;
  if (OPERATORS_WORDS.includes(noun)) {
    return code.startsWith('REQUEST_') ? exitCodes.usage : exitCodeOf(error);
  }
  if (code === 'TRANSACTION_EXPIRED' || isBusinessRefusal(error)) return exitCodes.rejected;
  if (code.endsWith('_NOT_FOUND')) return exitCodes.notFound;
  if (code.startsWith('REQUEST_') || code === 'CONFIG_INVALID') return exitCodes.usage;
  if (code === 'CHAIN_MISMATCH' || code === 'GENESIS_INVALID') return exitCodes.unverified;
  if (code === 'WAIT_TIMEOUT') return exitCodes.unknown;
  const common = exitCodeOf(error);
  return common <= exitCodes.unverified ? common : exitCodes.failed;
}

/** One sentence with the code, and what to do next. */
export function sentenceOf(error: unknown): string {
  const text = (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
  if (!(error instanceof CodedError)) return `triflow: ${text}`;
  const next = nextStepOf(error);
  return `triflow: ${text} (${error.code})${next === undefined ? '' : `; ${next}`}`;
}

/** A contract's numbered status, thrown from a block or from a node's dry run. */
function isBusinessRefusal({ code, details }: CodedError): boolean {
  if (details !== undefined && 'outcome' in details && details.outcome === 'rejected') return true;
  return !Object.hasOwn(errorCodes, code);
}

function nextStepOf(error: CodedError): string | undefined {
  const { next } = error.details;
  if (typeof next === 'string') return next;
  const known = nextSteps[error.code];
  if (known !== undefined) return known;
  return isBusinessRefusal(error) ? `see /docs/errors/${error.code} on any node` : undefined;
}

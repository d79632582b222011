import { join } from 'node:path';
import { allContracts } from '@triflow/contracts';
import {
  type Contract,
  type Genesis,
  isCodedError,
  type KeyValueStore,
  type ValidatorId,
} from '@triflow/protocol';
import {
  createLedgerStore,
  diagnoseLog,
  diagnoseStore,
  type FileSystem,
  type LedgerStore,
  lockDataDirectory,
  nodeFileSystem,
  openStoreCopy,
  type StoreDiagnosis,
} from '@triflow/storage';
import { diagnoseChain } from './diagnoseChain.js';
import { logFindings } from './diagnoseLogState.js';
import { diagnoseState } from './diagnoseState.js';
import { type Finding, namedHeights } from './finding.js';

const CHAIN_PREFIXES = ['block', 'certificate'];

export interface DiagnoseOptions {
  readonly genesis: Genesis;
  /** Which validator the node is; null for an observer, which needs no log. */
  readonly self: ValidatorId | null;
  /** Default all that this program has. */
  readonly contracts?: readonly Contract[];
}

export interface DataDiagnosis {
  /** Worst first; empty when everything is as it should be. */
  readonly findings: readonly Finding[];
  /** Height of the newest block, as far as it can be read. */
  readonly head: number | undefined;
  /** Records looked at, by prefix. */
  readonly records: Readonly<Record<string, number>>;
  readonly damagedRecords: number;
}

/**
 * Looks at a node's data directory and says what is damaged, what that means and the safe next
 * step. Changes nothing: the database is looked at through a copy. Every record is read, every
 * certificate verified, the state compared with its tree and its indexes. Throws STORE_LOCKED
 * while a node runs on it.
 */
export async function diagnoseData(data: string, options: DiagnoseOptions): Promise<DataDiagnosis> {
  const lock = await lockDataDirectory(data);
  const log = { fs: nodeFileSystem, dir: join(data, 'consensus') };
  try {
    const copy = await openStoreCopy(join(data, 'db'));
    try {
      return await diagnoseStores({ kv: copy?.store, ...log }, options);
    } finally {
      await copy?.close();
    }
  } catch (error) {
    if (!isCodedError(error, 'STORE_CORRUPT')) throw error;
    const unreadable = storeUnreadable(error.message);
    const logs = logFindings(await diagnoseLog(log), undefined, options);
    const findings = worstFirst([unreadable, ...logs]);
    return { findings, head: undefined, records: {}, damagedRecords: 0 };
  } finally {
    await lock.release();
  }
}

/** The same over stores that are open already: only reads them. */
export async function diagnoseStores(
  stores: {
    readonly kv: KeyValueStore | undefined;
    readonly fs: FileSystem;
    readonly dir: string;
  },
  options: DiagnoseOptions,
): Promise<DataDiagnosis> {
  const { kv } = stores;
  const log = await diagnoseLog(stores);
  if (kv === undefined) {
    const findings = [storeMissing(), ...logFindings(log, undefined, options)];
    return { findings: worstFirst(findings), head: undefined, records: {}, damagedRecords: 0 };
  }
  const store = await diagnoseStore(kv);
  const findings = recordFindings(store);
  const head = store.head ?? store.top;
  findings.push(...logFindings(log, head, options));
  findings.push(...(await chainFindings(kv, options, findings)));
  const { records, damagedCount: damagedRecords } = store;
  return { findings: worstFirst(findings), head, records, damagedRecords };
}

/** The ledger of a store by itself, without a log beside it, as in a backup; only reads it. */
export async function diagnoseLedger(
  kv: KeyValueStore,
  options: DiagnoseOptions,
): Promise<Finding[]> {
  const findings = recordFindings(await diagnoseStore(kv));
  return worstFirst([...findings, ...(await chainFindings(kv, options, findings))]);
}

/** What the records say of each other; of no use where they cannot even be opened as a ledger. */
async function chainFindings(
  kv: KeyValueStore,
  { genesis, contracts = allContracts }: DiagnoseOptions,
  found: readonly Finding[],
): Promise<Finding[]> {
  let store: LedgerStore;
  try {
    store = await createLedgerStore(readOnly(kv));
  } catch (error) {
    if (!isCodedError(error, 'STORE_CORRUPT')) throw error;
    const isFormat = error.message.includes('format');
    if (isFormat) return [storeFormat(error.message)];
    return found.some(({ code }) => code === 'state_damaged') ? [] : [stateDamaged(error.message)];
  }
  if (store.head() === undefined) return [];
  const chain = await diagnoseChain(store, genesis);
  const state = await diagnoseState(store, genesis, contracts);
  const known = new Set(found.map(({ code }) => code));
  const findings: Finding[] = [];
  if (chain.genesisDiffers) findings.push(genesisDiffers());
  if (chain.problems.size > 0 && !known.has('blocks_damaged')) {
    findings.push(blocksDamaged([...chain.problems.keys()], [...chain.problems.values()][0]));
  }
  const derived = [...chain.derived, ...state];
  if (derived[0] !== undefined && !known.has('state_damaged')) {
    findings.push(stateDamaged(derived[0]));
  }
  return findings;
}

function recordFindings({ damaged, missing }: StoreDiagnosis): Finding[] {
  const findings: Finding[] = [];
  const isChain = ({ prefix }: { readonly prefix: string }): boolean => {
    return CHAIN_PREFIXES.includes(prefix);
  };
  const ofChain = [...damaged.filter(isChain), ...missing.filter(isChain)];
  const others = [...damaged, ...missing].filter((record) => !isChain(record));
  if (ofChain.length > 0) {
    const heights = ofChain.flatMap(({ height }) => (height === undefined ? [] : [height]));
    findings.push(blocksDamaged(heights));
  }
  if (others.length > 0) {
    const names = [...new Set(others.map(({ prefix }) => prefix))].join(', ');
    findings.push(stateDamaged(`records of ${names} are damaged or missing`));
  }
  return findings;
}

function blocksDamaged(heights: readonly number[], why?: string): Finding {
  const named = namedHeights(heights);
  return {
    code: 'blocks_damaged',
    severity: 'warning',
    what:
      `blocks or certificates are damaged at ${named.join(', ')}` +
      `${why === undefined ? '' : `: ${why}`}; they are not given to anybody`,
    next:
      'triflow start: the node fetches them again from its peers as it runs, and checks them' +
      ' against their certificates',
    heights: named,
  };
}

function stateDamaged(why: string): Finding {
  return {
    code: 'state_damaged',
    severity: 'warning',
    what: `what is computed from the blocks is damaged: ${why}`,
    next:
      'triflow start: it rebuilds the database from its blocks once damage is met, and what is lost' +
      ' comes from the peers; triflow doctor --fix fetches everything from them instead',
  };
}

function storeMissing(): Finding {
  return {
    code: 'store_missing',
    severity: 'note',
    what: 'there is no database yet',
    next: 'triflow start: the node begins at genesis and fetches the chain from its peers',
  };
}

function storeUnreadable(why: string): Finding {
  return {
    code: 'store_unreadable',
    severity: 'error',
    what: `the database cannot be opened: ${why}`,
    next:
      'triflow start: it rebuilds the database from what is left; triflow doctor --fix fetches' +
      ' everything from the peers instead',
  };
}

function storeFormat(why: string): Finding {
  return {
    code: 'store_format',
    severity: 'error',
    what: why,
    next: 'start the program that wrote it; nothing was changed',
  };
}

function genesisDiffers(): Finding {
  return {
    code: 'genesis_differs',
    severity: 'error',
    what: 'the data folder belongs to another chain: its genesis differs from the one configured',
    next: 'use the data folder of this chain, or the genesis of that one; nothing was changed',
  };
}

function worstFirst(findings: readonly Finding[]): Finding[] {
  const order = ['error', 'warning', 'note'];
  return [...findings].sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity));
}

/** A store that nothing can be written to: opening an empty one would mark its format. */
function readOnly(kv: KeyValueStore): KeyValueStore {
  return {
    getSync: (key) => kv.getSync(key),
    get: (key) => kv.get(key),
    getMany: (keys) => kv.getMany(keys),
    range: (options) => kv.range(options),
    write: async () => undefined,
    close: async () => undefined,
  };
}

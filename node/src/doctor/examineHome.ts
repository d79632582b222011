import { stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { decodeHeader, isValidatorId } from '@triflow/protocol';
import { createLedgerStore, directoryOwner, openStoreCopy } from '@triflow/storage';
import { isRebuilt } from '../openStores.js';
import { type DataDiagnosis, diagnoseData } from '../recovery/diagnoseData.js';
import type { FindingCode, Finding as Repair } from '../recovery/finding.js';
import { configFindings } from './configFindings.js';
import { error, type Finding, note, ok, thrown, worstFirst } from './finding.js';
import { keyFindings } from './keyFindings.js';
import { leftoverFindings } from './leftoverFindings.js';
import { comparedFindings, liveFindings } from './liveFindings.js';
import { clockFindings, diskFindings, type Grown, versionFindings } from './machineFindings.js';
import { peerFindings, portFindings } from './networkFindings.js';
import type { Place } from './place.js';

const CODES: Readonly<Partial<Record<FindingCode, string>>> = {
  genesis_differs: 'GENESIS_MISMATCH',
  store_format: 'STORE_CORRUPT',
  store_unreadable: 'STORE_CORRUPT',
  log_apart: 'STORE_CORRUPT',
};

export interface ExamineOptions {
  readonly home: string;
  readonly nowMs: number;
  /** Opens the key files, if one is at hand; asked once the configuration is read. */
  readonly password: (passwordFile: string | undefined) => Promise<string | undefined>;
  /** Another node's HTTP address to compare with. */
  readonly compareWith?: string;
  /** Said before each step. */
  readonly onStep: (what: string) => void;
}

export interface Examination {
  /** Worst first. */
  readonly findings: readonly Finding[];
  /** Undefined when even the configuration cannot be read. */
  readonly place: Place | undefined;
  readonly head: number | undefined;
}

/** Looks at everything that a node of this home needs; changes nothing. */
export async function examineHome(options: ExamineOptions): Promise<Examination> {
  const { home, nowMs, onStep } = options;
  onStep('configuration');
  const { config, genesis, findings: first } = await configFindings(home, nowMs);
  const findings: Finding[] = [...versionFindings(), ...first];
  if (config === undefined) {
    findings.push(note('data', 'not looked at: the configuration says where it lies'));
    return { findings: worstFirst(findings), place: undefined, head: undefined };
  }
  const data = isAbsolute(config.node.data) ? config.node.data : join(home, config.node.data);
  const runningPid = await directoryOwner(data);
  const password = await options.password(config.keys?.passwordFile);
  const place: Place = { home, config, genesis, data, runningPid, password, nowMs };
  const add = async (what: string, work: () => Promise<readonly Finding[]>): Promise<void> => {
    onStep(what);
    try {
      findings.push(...(await work()));
    } catch (cause) {
      findings.push(thrown(what, cause, 'the doctor could not finish this; mend what it says'));
    }
  };
  await add('keys', () => keyFindings(place));
  let read: ReadData = { findings: [], head: undefined, grown: undefined };
  await add('data', async () => {
    read = await dataFindings(place);
    return read.findings;
  });
  const { head, grown } = read;
  await add('disk', () => diskFindings(place, grown));
  await add('clock', () => clockFindings(place, grown));
  await add('ports', () => portFindings(place));
  await add('peers', () => peerFindings(place));
  await add('node', () => liveFindings(place));
  const url = options.compareWith;
  if (url !== undefined) await add('compared', () => comparedFindings(place, url, head));
  return { findings: worstFirst(findings), place, head };
}

interface ReadData {
  readonly findings: readonly Finding[];
  readonly head: number | undefined;
  readonly grown: Grown | undefined;
}

/** The data folder as a start would find it: every record, certificate and index. */
async function dataFindings(place: Place): Promise<ReadData> {
  const { config, genesis, data, runningPid } = place;
  const nothing = { head: undefined, grown: undefined };
  if (config.node.storage === 'memory' || runningPid !== undefined) {
    return { ...nothing, findings: [] };
  }
  if (genesis === undefined) {
    const text = 'not looked at: the genesis says which chain it should hold';
    return { ...nothing, findings: [note('data', text)] };
  }
  if ((await stat(data).catch(() => undefined)) === undefined) {
    return { ...nothing, findings: [dataMissing(place)] };
  }
  const { validator } = config.node;
  const self = validator !== undefined && isValidatorId(validator) ? validator : null;
  const found = await diagnoseData(data, { genesis, self });
  const told = (await isRebuilt(data)) ? withoutStore(found.findings) : found.findings;
  const findings = [...told.map(findingOf), ...(await leftoverFindings(data))];
  if (found.findings.length === 0) findings.push(wholeData(found));
  const isReadable = found.findings.every(({ severity }) => severity !== 'error');
  const grown = isReadable && (found.head ?? 0) > 0 ? await readGrown(data) : undefined;
  return { findings, head: found.head, grown };
}

/** A start first puts the rebuilt database in its place: the node does not begin anew. */
function withoutStore(findings: readonly Repair[]): Repair[] {
  return findings.filter(({ code }) => code !== 'store_missing');
}

/** When the first and the newest block were made; undefined where they cannot be read. */
async function readGrown(data: string): Promise<Grown | undefined> {
  const copy = await openStoreCopy(join(data, 'db'));
  if (copy === undefined) return undefined;
  try {
    const store = await createLedgerStore(copy.store);
    const times: number[] = [];
    for (const height of [1, store.head()?.height ?? 1]) {
      const bytes = await store.getHeader(height);
      const header = bytes === undefined ? undefined : decodeHeader(bytes);
      if (header?.ok === true) times.push(header.value.timeMs);
    }
    const [firstMs, headMs] = times;
    return firstMs === undefined || headMs === undefined ? undefined : { firstMs, headMs };
  } catch {
    return undefined;
  } finally {
    await copy.close();
  }
}

function dataMissing({ data, config }: Place): Finding {
  const { validator } = config.node;
  if (validator === undefined) return note('data', `${data} is not there yet: a start makes it`);
  const text = `${data} is not there: what ${validator} has signed before, nobody here knows`;
  const next = 'triflow start: it begins in quarantine, fetches the chain and signs only when safe';
  return { check: 'data', severity: 'warning', what: text, next };
}

function wholeData({ head, records }: DataDiagnosis): Finding {
  const count = Object.values(records).reduce((sum, some) => sum + some, 0);
  return ok('data', `${count} records whole, certificates and state verified, height ${head}`);
}

function findingOf({ code, severity, what, next, heights }: Repair): Finding {
  const details = { finding: code, ...(heights === undefined ? {} : { heights }) };
  const known = CODES[code];
  if (severity !== 'error') return { check: 'data', severity, what, next, details };
  return { ...error('data', 'STORE_CORRUPT', what, next), code: known ?? 'STORE_CORRUPT', details };
}

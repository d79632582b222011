import { X509Certificate } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { genesisHashOf, verifyGenesisKeys } from '@triflow/crypto';
import { CodedError, faultsMax, type Genesis } from '@triflow/protocol';
import { loadTls } from '../access/tls.js';
import { loadConfig, loadGenesis, type NodeConfig } from '../config.js';
import { error, type Finding, note, ok, thrown, warning } from './finding.js';

const DAY_MS = 86_400_000;
const TLS_WARN_DAYS = 30;
const OTHERS_WRITE = 0o022;
const CHECK = 'config';

export interface ReadConfig {
  readonly config: NodeConfig | undefined;
  readonly genesis: Genesis | undefined;
  readonly findings: readonly Finding[];
}

/** Configuration, genesis and certificates of a home: what every other check begins from. */
export async function configFindings(home: string, nowMs: number): Promise<ReadConfig> {
  let config: NodeConfig;
  try {
    config = await loadConfig(home, { insecureHttp: true });
  } catch (cause) {
    const next = 'correct triflow.toml; triflow config schema says what it may hold';
    return { config: undefined, genesis: undefined, findings: [thrown(CHECK, cause, next)] };
  }
  const findings: Finding[] = [await configSafety(home, config)];
  if (config.node.storage === 'memory') {
    const text = 'node.storage is memory: this node forgets everything when it stops';
    findings.push(
      config.node.validator === undefined
        ? note(CHECK, text)
        : warning(CHECK, `${text}, also what it has signed`, 'set node.storage = "level"'),
    );
  }
  const read = await readGenesis(home, config);
  const tls = await tlsFindings(home, config, nowMs);
  return { config, genesis: read.genesis, findings: [...findings, ...read.findings, ...tls] };
}

async function configSafety(home: string, { http }: NodeConfig): Promise<Finding> {
  const file = join(home, 'triflow.toml');
  const { mode } = await stat(file);
  if ((mode & OTHERS_WRITE) !== 0) {
    return warning(CHECK, `others may write ${file}`, `chmod go-w ${file}`);
  }
  return ok(CHECK, `${file} is well formed; HTTP on ${http.host}:${http.port}`);
}

async function readGenesis(
  home: string,
  { node }: NodeConfig,
): Promise<{ genesis: Genesis | undefined; findings: Finding[] }> {
  const path = join(home, node.genesis);
  const next = 'get the document again from another party and compare triflow genesis hash';
  let genesis: Genesis;
  try {
    genesis = await loadGenesis(path);
    const keys = verifyGenesisKeys(genesis);
    if (!keys.ok) {
      throw new CodedError('GENESIS_INVALID', `${path}: ${keys.fault.path} ${keys.fault.message}`);
    }
  } catch (cause) {
    return { genesis: undefined, findings: [thrown('genesis', cause, next)] };
  }
  const hash = genesisHashOf(genesis);
  const findings = [ok('genesis', `chain ${genesis.chainId}, hash ${hash}`)];
  const seats = genesis.validators.length;
  if (faultsMax(seats) === 0 && !genesis.devnet) {
    const text = `the chain began with ${seats} validators: it stops with the first that fails`;
    findings.push(note('genesis', text, 'triflow validator propose add'));
  }
  const { validator, clockAheadMs } = node;
  if (validator !== undefined && !genesis.validators.some(({ id }) => id === validator)) {
    findings.push(note('genesis', `${validator} is no validator of the genesis: voted in later?`));
  }
  if (clockAheadMs > 0 && !genesis.devnet) {
    const text = 'node.clockAheadMs: only the clock of a devnet may be moved';
    findings.push(error('genesis', 'CONFIG_INVALID', text, 'take it out of triflow.toml'));
  }
  return { genesis, findings };
}

async function tlsFindings(home: string, config: NodeConfig, nowMs: number): Promise<Finding[]> {
  const { tls } = config.http;
  if (tls === undefined) return [];
  const next = 'renew it, and put the new files where http.tls names them; then start again';
  try {
    await loadTls(home, config);
    const certificate = new X509Certificate(await readFile(join(home, tls.cert)));
    const days = Math.floor((Date.parse(certificate.validTo) - nowMs) / DAY_MS);
    if (days < 0) return [error('tls', 'CONFIG_INVALID', 'the TLS certificate has expired', next)];
    const text = `the TLS certificate ends in ${days} days`;
    return [days < TLS_WARN_DAYS ? warning('tls', text, next) : ok('tls', text)];
  } catch (cause) {
    return [thrown('tls', cause, 'correct http.tls in triflow.toml')];
  }
}

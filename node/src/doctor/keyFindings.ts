import { chmod, readdir, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { isDemoPublicKey, type Keystore, openKeystore } from '@triflow/crypto';
import { peerIdFromSeed } from '@triflow/network/peer-id';
import { bytesFromHex, type Genesis } from '@triflow/protocol';
import { readKeyFile } from '../cli/keyFile.js';
import { error, type Finding, note, ok, thrown, warning } from './finding.js';
import type { Place } from './place.js';

const OTHERS = 0o077;
const PRIVATE_FILE = 0o600;
const PRIVATE_FOLDER = 0o700;
const CHECK = 'keys';

interface NamedKey {
  readonly role: 'consensus' | 'nextConsensus' | 'node' | 'anchorKey';
  readonly path: string;
}

/** Key files: there, sealed, private, opened by the password, and those of the genesis' seat. */
export async function keyFindings(place: Place): Promise<Finding[]> {
  const { config, genesis, home } = place;
  const open = await privacyFindings(await privatePaths(place), home);
  if (config.keys === undefined) {
    return [
      ...open,
      genesis === undefined || genesis.devnet
        ? note(CHECK, 'published demo keys: for a devnet only')
        : error(
            CHECK,
            'CONFIG_INVALID',
            'demoKeys are refused: the genesis is not a devnet',
            'make keys of your own: triflow key new consensus, triflow key new node',
          ),
    ];
  }
  const findings: Finding[] = [];
  const found = new Map<NamedKey['role'], Keystore>();
  for (const key of namedKeys(place)) {
    try {
      found.set(key.role, await readKeyFile(key.path));
    } catch (cause) {
      findings.push(thrown(CHECK, cause, lostKeyNext(key, place)));
    }
  }
  findings.push(...(await passwordFindings(place, found)));
  findings.push(...kindFindings(found), ...seatFindings(place, found, genesis));
  findings.push(...open);
  if (findings.every(({ severity }) => severity === 'ok' || severity === 'note')) {
    findings.push(ok(CHECK, `${found.size} key files are whole and private`));
  }
  return findings;
}

/** Gives back to their owner alone what others may read; says which. */
export async function makePrivate(place: Place): Promise<string[]> {
  const changed: string[] = [];
  for (const path of await privatePaths(place)) {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || (found.mode & OTHERS) === 0) continue;
    await chmod(path, found.isDirectory() ? PRIVATE_FOLDER : PRIVATE_FILE);
    changed.push(path);
  }
  return changed;
}

function namedKeys({ home, config: { keys, access } }: Place): NamedKey[] {
  const named = {
    consensus: keys?.consensus,
    nextConsensus: keys?.nextConsensus,
    node: keys?.node,
    anchorKey: access.anchorKey,
  };
  const roles = ['consensus', 'nextConsensus', 'node', 'anchorKey'] as const;
  return roles.flatMap((role) => {
    const file = named[role];
    if (file === undefined) return [];
    return [{ role, path: isAbsolute(file) ? file : join(home, file) }];
  });
}

/** A lost consensus key is replaced by a vote; never by starting its copy on a second machine. */
function lostKeyNext({ role, path }: NamedKey, { config }: Place): string {
  if (role === 'node') {
    return `restore ${path} from its backup; without one make another, and have its peer id voted in`;
  }
  if (role === 'anchorKey') return `restore ${path}, or take access.anchorKey out of triflow.toml`;
  const { validator = 'this validator' } = config.node;
  return (
    `restore ${path} from a triflow key export, if that copy runs nowhere else; else a new key` +
    ` by vote: triflow key rotate, triflow validator propose rotate ${validator}. Until then the` +
    ' node can follow: the others go on while a quorum of them signs'
  );
}

async function passwordFindings(
  { password }: Place,
  found: ReadonlyMap<string, Keystore>,
): Promise<Finding[]> {
  if (found.size === 0) return [];
  if (password === undefined) {
    const next = 'give --password-file or TRIFLOW_PASSWORD to have the keys opened as well';
    return [note(CHECK, 'no password at hand: the key files were not opened', next)];
  }
  const next = 'use the right password; a forgotten one cannot be found again: restore a copy';
  return [...found].flatMap(([role, document]) => {
    const opened = openKeystore(document, password);
    if (opened.ok) return [];
    const code =
      opened.fault.code === 'keystore_password' ? 'KEYSTORE_PASSWORD' : 'KEYSTORE_INVALID';
    return [error(CHECK, code, `keys.${role}: ${opened.fault.message}`, next)];
  });
}

function kindFindings(found: ReadonlyMap<NamedKey['role'], Keystore>): Finding[] {
  const kinds = {
    consensus: 'consensus',
    nextConsensus: 'consensus',
    node: 'node',
    anchorKey: 'account',
  };
  const wrong = [...found].filter(([role, { kind }]) => kinds[role] !== kind);
  const findings = wrong.map(([role, { kind }]) => {
    const text = `keys.${role} names a ${kind} key`;
    return error(CHECK, 'KEYSTORE_INVALID', text, `name a ${kinds[role]} key there`);
  });
  const seen = new Map<string, string>();
  for (const [role, { publicKey }] of found) {
    const other = seen.get(publicKey);
    seen.set(publicKey, role);
    if (other === undefined) continue;
    const text = `keys.${role} and keys.${other} are one key: each needs its own`;
    findings.push(error(CHECK, 'CONFIG_INVALID', text, 'make another: triflow key new'));
  }
  return findings;
}

/** As a start compares them; the peer id can only be compared once the node key is open. */
function seatFindings(
  { config, password }: Place,
  found: ReadonlyMap<NamedKey['role'], Keystore>,
  genesis: Genesis | undefined,
): Finding[] {
  const { validator, rekeyed } = config.node;
  if (genesis === undefined || validator === undefined) return [];
  const seat = genesis.validators.find(({ id }) => id === validator);
  const keys = [found.get('consensus'), found.get('nextConsensus')].filter(isThere);
  const findings: Finding[] = [];
  if (!genesis.devnet && keys.some((key) => isDemoPublicKey(bytesFromHex(key.publicKey)))) {
    const text = 'the consensus key is a published demo key: anybody can sign with it';
    findings.push(error(CHECK, 'CONFIG_INVALID', text, 'triflow key rotate, and a vote'));
  }
  if (seat === undefined) return findings;
  const isSeats = keys.some(({ publicKey }) => publicKey === seat.publicKey);
  if (keys.length > 0 && !isSeats && !rekeyed) {
    const text = `the consensus key is not that of ${validator} in the genesis`;
    const next =
      'name the right key file; if its key was changed by vote since, set node.rekeyed = true';
    findings.push(error(CHECK, 'CONFIG_INVALID', text, next));
  } else if (isSeats) {
    findings.push(ok(CHECK, `the consensus key is that of ${validator} in the genesis`));
  }
  const node = found.get('node');
  const opened =
    node === undefined || password === undefined ? undefined : openKeystore(node, password);
  if (opened?.ok === true && peerIdFromSeed(opened.value.seed) !== seat.peerId) {
    const text = `the node key is not that of ${validator} in the genesis`;
    findings.push(error(CHECK, 'CONFIG_INVALID', text, 'name the right key file in keys.node'));
  }
  return findings;
}

async function privacyFindings(paths: readonly string[], home: string): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const path of paths) {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || (found.mode & OTHERS) === 0) continue;
    const mode = found.isDirectory() ? PRIVATE_FOLDER : PRIVATE_FILE;
    const shown = (found.mode & 0o777).toString(8);
    const next = `chmod ${mode.toString(8)} ${path}, or triflow doctor --fix --home ${home}`;
    findings.push(warning(CHECK, `${path} is open to others (mode ${shown})`, next));
  }
  return findings;
}

async function privatePaths(place: Place): Promise<string[]> {
  const { home, config } = place;
  const keys = namedKeys(place).map(({ path }) => path);
  const names = await readdir(home).catch((): string[] => []);
  const others = names.filter((name) => name === 'tokens.json' || name === 'keys');
  const { passwordFile } = config.keys ?? {};
  const password = passwordFile === undefined ? [] : [passwordFile];
  const tls = config.http.tls === undefined ? [] : [join(home, config.http.tls.key)];
  return [...others.map((name) => join(home, name)), ...keys, ...password, ...tls];
}

function isThere<T>(value: T | undefined): value is T {
  return value !== undefined;
}

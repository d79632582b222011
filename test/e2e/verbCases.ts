import { z } from 'zod';
import { freshGln } from './places.js';
import type { VerbWorld } from './verbWorld.js';

/** Words behind a verb, and what it must answer to them. */
export interface VerbCase {
  readonly words: (world: VerbWorld, told: Told) => readonly string[];
  /** Default 0 where it should do, 2 where it should not. */
  readonly code?: number;
  /** The code named in its sentence; none for words that the command line itself refuses. */
  readonly says?: string;
  /** Its answer is a script or a file, not JSON. */
  readonly plain?: boolean;
}

export interface VerbRow {
  /** What it should do; or where that is tested, by the name of the test's file. */
  readonly good: VerbCase | `${string}.test.ts`;
  readonly bad: VerbCase;
}

/** What each verb answered, as JSON, by its path. */
export type Told = ReadonlyMap<string, unknown>;

const NOWHERE = 'http://127.0.0.1:9';
/** A peer id that no node has; RFC 8032's first public key. */
const PEER_ID = '12D3KooWHcggqnd53EECYjvy1HENhW6FeVwcddNGha6eak7ttsw2';
const PUBLIC_KEY = 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a';
const OTHER_KEY = '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c';
const PARAMETER = '{"contract":"consensus","name":"blockIntervalMs","value":200}';

/** One row a verb that is not made from a contract's schema, in an order in which they can run. */
export const verbRows: Readonly<Record<string, VerbRow>> = {
  version: row(() => [], usage('loud')),
  completion: {
    good: { words: () => ['zsh'], plain: true },
    bad: { ...bad(() => ['fish'], 2, 'REQUEST_INVALID'), plain: true },
  },
  'config show': row(
    () => ['--origin'],
    bad(() => ['--profile', 'x'], 10, 'CONFIG_INVALID'),
  ),
  'config check': row(stopped, bad(noHome, 10, 'CONFIG_INVALID')),
  'config schema': row(() => [], usage('loud')),
  init: row(
    (world) => ['--home', world.path('new'), '--validator', 'v1', ...sealed(world)],
    bad((w) => ['--home', w.path('no'), ...sealed(w), '--port-base', 'x'], 10, 'CONFIG_INVALID'),
  ),
  start: {
    good: 'commandLine.test.ts',
    bad: bad(noHome, 10, 'CONFIG_INVALID'),
  },
  status: row(
    at,
    bad(() => ['--node', 'ftp://here'], 2, 'REQUEST_INVALID'),
  ),
  doctor: row(
    stopped,
    bad((world) => [...stopped(world), '--bundle', world.password], 2, 'REQUEST_INVALID'),
  ),

  'key new': row(
    (w) => [
      'account',
      '--out',
      w.path('a.json'),
      '--label',
      `${w.party('court')}/k9`,
      ...sealed(w),
    ],
    bad((w) => ['front-door', '--out', w.path('b.json'), ...sealed(w)], 10, 'CONFIG_INVALID'),
  ),
  'key list': row(
    ({ dir }) => [dir],
    bad((w) => [w.path('no')], 10, 'KEYSTORE_INVALID'),
  ),
  'key show': row(
    (w) => [w.path('a.json')],
    bad((w) => [w.password], 10, 'KEYSTORE_INVALID'),
  ),
  'key import': row(
    (w) => ['account', '--seed-file', w.path('seed'), '--out', w.path('c.json'), ...sealed(w)],
    bad(
      (w) => ['account', '--seed-file', w.password, '--out', w.path('i.json'), ...sealed(w)],
      10,
      'KEYSTORE_INVALID',
    ),
  ),
  'key export': row(
    (w) => [w.path('a.json'), '--out', w.path('d.json'), ...sealed(w), ...resealed(w)],
    bad(
      (w) => [w.path('a.json'), '--out', w.path('e.json'), ...opened(w), ...resealed(w)],
      10,
      'KEYSTORE_PASSWORD',
    ),
  ),
  'key passwd': row(
    (w) => [
      w.path('d.json'),
      '--password-file',
      w.otherPassword,
      '--new-password-file',
      w.password,
    ],
    bad((w) => [w.path('d.json'), ...opened(w), ...resealed(w)], 10, 'KEYSTORE_PASSWORD'),
  ),
  'key rotate': row(
    (w) => ['--home', w.path('new'), ...sealed(w)],
    bad((w) => ['--home', w.path('no'), ...sealed(w)], 10, 'KEYSTORE_INVALID'),
  ),

  'genesis init': row(
    (w) => ['cn-verbs-1', '--out', w.path('draft.json')],
    bad((w) => ['Not A Chain', '--out', w.path('x.json')], 2, 'REQUEST_INVALID'),
  ),
  'genesis join': row(
    (w) => [...joined(w), '--roles', 'LENDER', '--out', w.path('part.json')],
    bad((w) => [...joined(w), '--roles', 'x y', '--out', w.path('x.json')], 2, 'REQUEST_INVALID'),
  ),
  'genesis collect': row(
    (w) => [w.path('draft.json'), w.path('part.json'), '--out', w.path('proposed.json')],
    bad(
      (w) => [w.path('draft.json'), w.password, '--out', w.path('x.json')],
      10,
      'GENESIS_INVALID',
    ),
  ),
  'genesis check': row(
    ({ genesis }) => [genesis],
    bad((w) => [w.password], 10, 'GENESIS_INVALID'),
  ),
  'genesis sign': {
    good: 'genesisCeremony.test.ts',
    bad: bad(
      (w) => [
        w.path('proposed.json'),
        ...['--mine', w.path('part.json'), '--key', w.path('a.json'), ...sealed(w)],
        ...['--out', w.path('x.json')],
      ],
      10,
      'GENESIS_INVALID',
    ),
  },
  'genesis finalize': {
    good: 'genesisCeremony.test.ts',
    bad: bad(
      (w) => [w.path('proposed.json'), w.path('part.json'), '--out', w.path('x.json')],
      10,
      'GENESIS_INVALID',
    ),
  },
  'genesis show': row(
    ({ genesis }) => [genesis],
    bad((w) => [w.password], 10, 'GENESIS_INVALID'),
  ),
  'genesis hash': row(
    ({ genesis }) => [genesis],
    bad((w) => [w.password], 10, 'GENESIS_INVALID'),
  ),

  'token create': row(
    (w) => [...stopped(w), '--party', w.party('bank-yangtze')],
    bad((w) => [...stopped(w), '--party', 'x'], 2, 'REQUEST_INVALID'),
  ),
  'token list': row(stopped, usage('loud')),
  'token revoke': row(
    (w, told) => [...stopped(w), member(told, 'token create', 'id')],
    bad((w) => [...stopped(w), '0123456789ab'], 3, 'OBJECT_NOT_FOUND'),
  ),
  'db stats': row(stopped, bad(noHome, 10, 'CONFIG_INVALID')),
  'db check': row(stopped, bad(noHome, 10, 'CONFIG_INVALID')),
  'db compact': row(stopped, bad(noHome, 10, 'CONFIG_INVALID')),
  'db prune': row(
    (world) => [...stopped(world), '--keep-heights', '100', '--yes'],
    bad((world) => [...stopped(world), '--yes'], 2, 'REQUEST_INVALID'),
  ),
  'backup create': row(
    (w) => [...stopped(w), '--out', w.path('backup')],
    bad((w) => [...stopped(w), '--out', w.dir], 2, 'REQUEST_INVALID'),
  ),
  'backup verify': {
    good: 'commandLineVerbs.test.ts',
    bad: bad((w) => [w.dir, '--trust', w.genesis], 14, 'STORE_CORRUPT'),
  },
  'backup restore': {
    good: 'commandLineVerbs.test.ts',
    bad: bad((w) => [w.path('backup'), ...stopped(w)], 2, 'REQUEST_INVALID'),
  },

  'admin consensus': row(running, bad(noHome, 6, 'TRANSPORT_FAILED')),
  'admin log-level': row(
    (w) => ['debug', ...running(w)],
    bad((w) => ['loud', ...running(w)], 2, 'REQUEST_INVALID'),
  ),
  'admin drain': row(running, bad(noHome, 6, 'TRANSPORT_FAILED')),
  'admin resume': row(running, bad(noHome, 6, 'TRANSPORT_FAILED')),
  'admin compact': row(running, bad(noHome, 6, 'TRANSPORT_FAILED')),
  'admin backup': row(
    (w) => [...running(w), '--out', w.path('live')],
    bad((w) => [...running(w), '--out', w.dir], 2, 'REQUEST_INVALID'),
  ),
  'admin reload-tls': { good: 'tls.test.ts', bad: bad(running, 10, 'CONFIG_INVALID') },
  'peer list': row(at, bad(nowhere, 6, 'TRANSPORT_FAILED')),
  'peer ban': row(
    (w) => ['v4', ...running(w), '--note', 'to try it'],
    bad((w) => ['nobody', ...running(w)], 3, 'OBJECT_NOT_FOUND'),
  ),
  'peer bans': row(running, bad(noHome, 6, 'TRANSPORT_FAILED')),
  'peer unban': row(
    (w) => ['v4', ...running(w)],
    bad((w) => ['v4', ...running(w)], 3, 'OBJECT_NOT_FOUND'),
  ),

  'validator list': row(at, bad(nowhere, 6, 'TRANSPORT_FAILED')),
  'validator simulate': row(
    (w) => ['--add', '1', '--down', 'v2', ...at(w)],
    bad((w) => ['--add', 'x', ...at(w)], 2, 'REQUEST_INVALID'),
  ),
  'validator propose add': row(
    (w) => ['v5', '--party', w.party('carrier'), ...newSeat(w), '--id', 'gp_add', ...governor(w)],
    bad((w) => ['v5', '--party', 'x', ...newSeat(w), ...governor(w)], 2, 'REQUEST_INVALID'),
  ),
  'validator propose rotate': row(
    (w) => ['v2', '--public-key', OTHER_KEY, '--id', 'gp_rotate', ...governor(w)],
    bad((w) => ['v2', '--public-key', 'x', ...governor(w)], 2, 'REQUEST_INVALID'),
  ),
  'validator propose remove': {
    good: {
      words: (w) => ['v4', '--yes', ...governor(w)],
      code: 4,
      says: 'VALIDATOR_CHANGE_TOO_LARGE',
    },
    bad: bad((w) => ['v4', ...governor(w)], 2, 'REQUEST_INVALID'),
  },
  'validator vote': row(
    (w) => ['gp_add', ...governor(w)],
    bad((w) => ['gp_none', ...governor(w)], 4, 'OBJECT_NOT_FOUND'),
  ),
  'validator status': row(
    (w) => ['gp_add', ...at(w)],
    bad((w) => ['gp_none', ...at(w)], 3, 'OBJECT_NOT_FOUND'),
  ),
  'validator ready': {
    good: 'commandLineVerbs.test.ts',
    bad: bad((w) => ['gp_none', ...running(w), ...governor(w)], 3, 'OBJECT_NOT_FOUND'),
  },
  'gov propose': row(
    (w) => ['set_parameter', PARAMETER, '--id', 'gp_interval', ...governor(w)],
    bad((w) => ['set_parameter', '{', ...governor(w)], 2, 'REQUEST_INVALID'),
  ),
  'gov vote': row(
    (w) => ['gp_interval', ...governor(w)],
    bad((w) => ['gp_interval', ...at(w)], 2, 'REQUEST_INVALID'),
  ),
  'party show': row(
    (w) => [w.party('court'), '--evidence', w.path('court.evidence.json'), ...at(w)],
    bad((w) => ['uscc:91420100TRFW00000X', ...at(w)], 3, 'OBJECT_NOT_FOUND'),
  ),
  'party roles': row(
    (w) => [w.party('court'), ...at(w)],
    bad((w) => ['uscc:91420100TRFW00000X', ...at(w)], 3, 'OBJECT_NOT_FOUND'),
  ),
  'party keys': row(
    (w) => [w.party('court'), ...at(w)],
    bad((w) => ['uscc:91420100TRFW00000X', ...at(w)], 3, 'OBJECT_NOT_FOUND'),
  ),
  trace: row(
    (w) => [`party-registry/party/${w.party('court')}`, ...at(w)],
    bad((w) => ['wr_none', ...at(w)], 3, 'OBJECT_NOT_FOUND'),
  ),

  call: row(
    (w) => ['trace', 'register_location', '--params', place(), ...at(w), '--as', 'carrier'],
    bad((w) => ['trace', 'dance', ...at(w), '--as', 'carrier'], 2, 'REQUEST_INVALID'),
  ),
  'tx build': row(
    (w) => ['trace', 'register_location', '--params', place(), ...unsigned(w), ...at(w)],
    bad((w) => ['trace', 'dance', ...unsigned(w), ...at(w)], 2, 'REQUEST_INVALID'),
  ),
  'tx decode': row(
    (w) => [w.path('unsigned.json')],
    bad((w) => [w.dir], 2, 'REQUEST_INVALID'),
  ),
  'tx sign': row(
    (w) => [w.path('unsigned.json'), '--out', w.path('signed.hex'), ...at(w), '--as', 'carrier'],
    bad(
      (w) => [w.path('unsigned.json'), '--out', w.path('x.hex'), ...at(w), '--as', 'court'],
      2,
      'REQUEST_INVALID',
    ),
  ),
  'tx replay': row(
    (w) => [w.path('signed.hex'), ...at(w), '--as', 'carrier'],
    bad((w) => [w.password, ...at(w)], 2, 'REQUEST_INVALID'),
  ),
  'tx send': row(
    (w) => [w.path('signed.hex'), ...at(w)],
    bad((w) => [w.path('unsigned.json'), ...at(w)], 2, 'REQUEST_INVALID'),
  ),
  'tx show': row(
    (w, told) => [member(told, 'tx send', 'txId'), ...at(w)],
    bad((w) => [`tx_${'0'.repeat(64)}`, ...at(w)], 3, 'TRANSACTION_NOT_FOUND'),
  ),
  'tx wait': row(
    (w, told) => [member(told, 'tx send', 'txId'), ...at(w)],
    bad((w) => ['tx_1', ...at(w)], 2, 'REQUEST_INVALID'),
  ),
  'block show': row(
    (w) => ['latest', ...at(w)],
    bad((w) => ['99999999', ...at(w)], 3, 'BLOCK_NOT_FOUND'),
  ),
  'block range': row(
    (w) => ['1..3', ...at(w)],
    bad((w) => ['3..1', ...at(w)], 2, 'REQUEST_INVALID'),
  ),
  'block verify': row(
    (w) => ['1..3', ...at(w)],
    bad((w) => ['1..999', ...at(w)], 2, 'REQUEST_INVALID'),
  ),
  'events tail': row(
    (w) => ['--after', '0.0.0', '--count', '1', ...at(w)],
    bad((w) => ['--count', 'x', ...at(w)], 2, 'REQUEST_INVALID'),
  ),
  'events replay': row(
    (w) => ['--types', 'proposal.opened', ...at(w)],
    bad((w) => ['--after', 'yesterday', ...at(w)], 2, 'REQUEST_INVALID'),
  ),
  'events export': row(
    (w) => ['--out', w.path('events.jsonl'), ...at(w)],
    bad((w) => ['--out', w.path('no/events.jsonl'), ...at(w)], 2, 'REQUEST_INVALID'),
  ),
  verify: row(
    (w) => [w.path('court.evidence.json'), '--trust', w.genesis],
    bad((w) => [w.password, '--trust', w.genesis], 7, 'EVIDENCE_MALFORMED'),
  ),
};

/** The demo network of a world. */
export function at({ net }: VerbWorld): string[] {
  return ['--devnet', net.devnetFile];
}

function row(words: VerbCase['words'], no: VerbCase): VerbRow {
  return { good: { words }, bad: no };
}

function bad(words: VerbCase['words'], code: number, says: string): VerbCase {
  return { words, code, says };
}

/** A word too many: the command line refuses it. */
function usage(...words: readonly string[]): VerbCase {
  return { words: () => words, code: 2 };
}

function stopped({ stopped: home }: VerbWorld): string[] {
  return ['--home', home];
}

function running({ home }: VerbWorld): string[] {
  return ['--home', home];
}

function noHome(world: VerbWorld): string[] {
  return ['--home', world.path('nowhere')];
}

function nowhere(world: VerbWorld): string[] {
  return [...at(world), '--node', NOWHERE, '--timeout', '500ms'];
}

function governor(world: VerbWorld): string[] {
  return [...at(world), '--as', 'governor'];
}

function sealed({ password }: VerbWorld): string[] {
  return ['--password-file', password];
}

/** The wrong password. */
function opened({ otherPassword }: VerbWorld): string[] {
  return ['--password-file', otherPassword];
}

function resealed({ otherPassword }: VerbWorld): string[] {
  return ['--new-password-file', otherPassword];
}

function joined(world: VerbWorld): string[] {
  const key = ['--key', world.path('a.json'), ...sealed(world)];
  const seat = ['--home', world.path('new'), '--address', '127.0.0.1:7401'];
  return [world.path('draft.json'), ...key, ...seat, '--name', 'Court'];
}

function newSeat(_: VerbWorld): string[] {
  return ['--peer-id', PEER_ID, '--public-key', PUBLIC_KEY];
}

function unsigned(world: VerbWorld): string[] {
  const sender = ['--sender', world.party('carrier'), '--key-id', 'k1'];
  return [...sender, '--out', world.path('unsigned.json'), '--valid-for-blocks', '500'];
}

function place(): string {
  return JSON.stringify({ gln: freshGln() });
}

function member(told: Told, path: string, name: string): string {
  return String(z.record(z.string(), z.unknown()).parse(told.get(path))[name]);
}

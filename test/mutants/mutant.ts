import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Profile, profiles, type Role, roles } from '../simulation/plan.js';
import { type FilePatch, parsePatch } from './patch.js';

/** The folders whose patches are mutants; `canary` and `checkers` are about the suite itself. */
export const mutantFolders = ['consensus', 'contracts'] as const;

/** A simulated network that must fail by one of the named checks. */
export interface SeedCase {
  readonly seed: number;
  readonly profile: Profile;
  readonly nodes?: number;
  readonly role?: Role;
  readonly realSignatures?: boolean;
}

export type Killer =
  | { readonly kind: 'seed'; readonly start: SeedCase }
  | { readonly kind: 'test'; readonly file: string; readonly name: string }
  | { readonly kind: 'impossible'; readonly reason: string };

/** A bug as data: what it is, what it changes in the sources, and who must notice. */
export interface Mutant {
  /** `consensus/05`, `contracts/E1`: folder and number, or the rule that breaks. */
  readonly id: string;
  /** Path of the patch from this folder. */
  readonly file: string;
  readonly bug: string;
  readonly caughtBy: readonly string[];
  readonly killer: Killer;
  readonly patches: readonly FilePatch[];
}

/** Reads every mutant of some folders, in the order of their numbers. Throws on a bad file. */
export function loadMutants(
  folder: string,
  folders: readonly string[] = mutantFolders,
): readonly Mutant[] {
  return folders.flatMap((name) => {
    const files = readdirSync(join(folder, name)).filter((file) => file.endsWith('.patch'));
    return files.sort().map((file) => {
      return parseMutant(`${name}/${file}`, readFileSync(join(folder, name, file), 'utf8'));
    });
  });
}

/** Reads one file: `key: value` lines, an empty line, a unified diff. Throws, saying where. */
export function parseMutant(file: string, text: string): Mutant {
  const end = text.indexOf('\n\n');
  const head = end < 0 ? text.trimEnd() : text.slice(0, end);
  const patches = end < 0 ? [] : parsePatch(file, text.slice(end + 2));
  const fields = new Map<string, string>();
  for (const line of head.split('\n')) {
    const [, key, value] = /^([a-z ]+): (.+)$/.exec(line) ?? [];
    if (key === undefined || value === undefined || fields.has(key)) {
      throw new Error(`${file}: not a line of the head: ${line}`);
    }
    fields.set(key, value);
  }
  const take = (key: string): string => {
    const value = fields.get(key);
    fields.delete(key);
    if (value === undefined) throw new Error(`${file}: the head lacks "${key}"`);
    return value;
  };
  const bug = take('bug');
  const caughtBy = take('caught by').split(/, */);
  const killer = fields.has('impossible')
    ? ({ kind: 'impossible', reason: take('impossible') } as const)
    : parseKiller(file, take('killer'));
  if (fields.size > 0) throw new Error(`${file}: unknown in the head: ${[...fields.keys()]}`);
  if ((patches.length === 0) !== (killer.kind === 'impossible')) {
    throw new Error(`${file}: a patch, or the reason why there is none`);
  }
  return { id: idOf(file), file, bug, caughtBy, killer, patches };
}

/** `seed 17 profile=crash nodes=4 real`, or `test PATH > NAME`, names joined by ` > `. */
function parseKiller(file: string, text: string): Killer {
  const test = /^test (\S+\.test\.ts) > (.+)$/.exec(text);
  if (test !== null) return { kind: 'test', file: test[1] ?? '', name: test[2] ?? '' };
  const [kind, number, ...options] = text.split(' ');
  const seed = Number(number);
  if (kind !== 'seed' || !Number.isSafeInteger(seed)) throw new Error(`${file}: killer: ${text}`);
  let start: SeedCase = { seed, profile: 'mixed' };
  for (const option of options) {
    const [key, value] = option.split('=');
    const profile = profiles.find((one) => one === value);
    const role = roles.find((one) => one === value);
    if (key === 'profile' && profile !== undefined) start = { ...start, profile };
    else if (key === 'role' && role !== undefined) start = { ...start, role };
    else if (key === 'nodes' && Number(value) > 0) start = { ...start, nodes: Number(value) };
    else if (option === 'real') start = { ...start, realSignatures: true };
    else throw new Error(`${file}: killer: ${option}`);
  }
  return { kind: 'seed', start };
}

/** A killer as it stands in the file. */
export function killerText(killer: Killer): string {
  if (killer.kind === 'impossible') return killer.reason;
  if (killer.kind === 'test') return `test ${killer.file} > ${killer.name}`;
  const { seed, profile, nodes, role, realSignatures } = killer.start;
  const options = [
    profile === 'mixed' ? [] : [`profile=${profile}`],
    nodes === undefined ? [] : [`nodes=${nodes}`],
    role === undefined ? [] : [`role=${role}`],
    realSignatures === true ? ['real'] : [],
  ];
  return ['seed', seed, ...options.flat()].join(' ');
}

function idOf(file: string): string {
  const match = /^([a-z]+)\/([A-Z]?\d+[a-z]?)-[a-zA-Z0-9-]+\.patch$/.exec(file);
  if (match !== null) return `${match[1]}/${match[2]}`;
  return file.replace(/\.patch$/, '');
}

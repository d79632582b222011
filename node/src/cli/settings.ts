import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CodedError } from '@triflow/protocol';
import { parse as parseToml } from 'smol-toml';
import { z } from 'zod';
import { clientSections, type SettingName, settingNames } from '../clientSections.js';

const DEFAULT_NODE = 'http://127.0.0.1:7400';
const DEFAULT_TIMEOUT = '15s';
const DEVNET_FILE = '.triflow/devnet/devnet.json';
const DURATION = /^(\d{1,7})(ms|s|m)?$/;
const MILLISECONDS = { ms: 1, s: 1_000, m: 60_000 } as const;

/** A value and where it came from: flag > TRIFLOW_* > triflow.toml > default. */
export interface Setting {
  readonly value: string | undefined;
  readonly origin: string;
}

export type Settings = Readonly<Record<SettingName, Setting>>;

/** What a command line gave, by the settings' names. */
export type Flags = Readonly<Partial<Record<SettingName | 'profile', string | undefined>>>;

export interface Surroundings {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Finds each setting. `CONFIG_INVALID` for a wrong file, a profile that is none. */
export function findSettings(
  flags: Flags,
  { cwd, env }: Surroundings = { cwd: process.cwd(), env: process.env },
): Settings {
  const file = join(cwd, 'triflow.toml');
  const profile = flags.profile ?? env.TRIFLOW_PROFILE;
  const written = readSections(file, profile);
  const devnetFile = resolve(cwd, DEVNET_FILE);
  const found = (name: SettingName): Setting => {
    const flag = flags[name];
    if (flag !== undefined) return { value: flag, origin: `flag --${kebab(name)}` };
    const variable = `TRIFLOW_${kebab(name).replaceAll('-', '_').toUpperCase()}`;
    const given = env[variable];
    if (given !== undefined && given !== '') return { value: given, origin: variable };
    const stated = written?.values[name];
    if (stated !== undefined) return { value: stated, origin: written?.origin ?? file };
    if (name === 'timeout') return { value: DEFAULT_TIMEOUT, origin: 'default' };
    if (name !== 'devnet' || !existsSync(devnetFile)) {
      return { value: undefined, origin: name === 'node' ? `default ${DEFAULT_NODE}` : 'default' };
    }
    return { value: devnetFile, origin: `found ${DEVNET_FILE}` };
  };
  const entries = settingNames.map((name) => [name, found(name)] as const);
  return Object.fromEntries(entries) as Settings;
}

/** Where nodes are, when nothing says so. */
export function nodeUrl(settings: Settings): string {
  return (settings.node.value ?? DEFAULT_NODE).replace(/\/$/, '');
}

/** `15s`, `300ms`, `2m`; without a unit seconds. In milliseconds. */
export function durationMs(text: string): number {
  const match = DURATION.exec(text);
  if (match === null) {
    throw new CodedError('REQUEST_INVALID', `${text} is no duration such as 15s or 300ms`);
  }
  const unit = match[2] === 'ms' || match[2] === 'm' ? match[2] : 's';
  return Number(match[1]) * MILLISECONDS[unit];
}

interface Written {
  readonly values: Readonly<Partial<Record<SettingName, string | undefined>>>;
  readonly origin: string;
}

function readSections(file: string, profile: string | undefined): Written | undefined {
  if (!existsSync(file)) {
    if (profile === undefined) return undefined;
    throw new CodedError('CONFIG_INVALID', `there is no ${file} to hold the profile ${profile}`);
  }
  let document: unknown;
  try {
    document = parseToml(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new CodedError('CONFIG_INVALID', `${file} is no TOML`, { cause });
  }
  const parsed = z.looseObject(clientSections).safeParse(document);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const place = issue?.path.join('.') ?? '';
    throw new CodedError('CONFIG_INVALID', `${file}: ${place} ${issue?.message ?? ''}`);
  }
  const { client = {}, profiles = {} } = parsed.data;
  if (profile === undefined) return { values: client, origin: `${file} [client]` };
  const named = profiles[profile];
  if (named === undefined) {
    throw new CodedError('CONFIG_INVALID', `${file} has no [profiles.${profile}]`);
  }
  return { values: { ...client, ...named }, origin: `${file} [profiles.${profile}]` };
}

/** `passwordFile` as `password-file`. */
export function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`).replaceAll('_', '-');
}

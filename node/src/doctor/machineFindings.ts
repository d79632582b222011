import { readdir, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { limits } from '@triflow/protocol';
import { version } from '../version.js';
import { error, type Finding, ok, warning } from './finding.js';
import type { Place } from './place.js';

const MIB = 1_024 * 1_024;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const NODE_MAJOR_MIN = 20;
const NODE_MINOR_MIN = 19;
const ROOM_WARN_DAYS = 14;
const ROOM_WARN_FACTOR = 8;
const CLOCK_BEHIND_MS = 5_000;
/** Before this program was written no clock was right. */
const YEAR_MIN = 2_025;

/** What of the chain the machine is measured against; absent where the store was not read. */
export interface Grown {
  readonly firstMs: number;
  readonly headMs: number;
}

/** Node.js and this program. */
export function versionFindings(running = process.versions.node): Finding[] {
  const [major = 0, minor = 0] = running.split('.').map(Number);
  const isOld = major < NODE_MAJOR_MIN || (major === NODE_MAJOR_MIN && minor < NODE_MINOR_MIN);
  const what = `triflow ${version} on Node.js ${running}`;
  const wanted = `Node.js ${NODE_MAJOR_MIN}.${NODE_MINOR_MIN} or later`;
  return [
    isOld ? warning('versions', `${what}: too old`, `install ${wanted}`) : ok('versions', what),
  ];
}

/** The clock against what is certainly past: the newest block and the newest file. */
export async function clockFindings(place: Place, grown: Grown | undefined): Promise<Finding[]> {
  const { nowMs, config, data } = place;
  const hereMs = nowMs + config.node.clockAheadMs;
  const next =
    'set the clock by NTP (timedatectl set-ntp true), then start; blocks from' +
    ' the future are refused, so a wrong clock cannot sign well';
  if (new Date(hereMs).getUTCFullYear() < YEAR_MIN) {
    const text = `the clock says ${new Date(hereMs).toISOString()}`;
    return [{ ...warning('clock', text, next), severity: 'error' }];
  }
  const behindMs = grown === undefined ? 0 : grown.headMs - hereMs;
  if (behindMs > CLOCK_BEHIND_MS) {
    const seconds = Math.round(behindMs / 1_000);
    return [warning('clock', `the clock is ${seconds} s behind the newest block`, next)];
  }
  const newest = await newestFile(data);
  if (newest !== undefined && newest.atMs > nowMs + CLOCK_BEHIND_MS) {
    return [warning('clock', `${newest.path} is from the future: the clock went back`, next)];
  }
  return [ok('clock', 'not behind anything that is here; triflow doctor --node URL compares')];
}

/** Room on the disk of the data folder, in bytes and in days at the chain's own growth. */
export async function diskFindings(place: Place, grown: Grown | undefined): Promise<Finding[]> {
  const folder = (await isFolder(place.data)) ? place.data : place.home;
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  const room = `${Math.round(free / MIB)} MiB are free on the disk of ${folder}`;
  const least = limits.freeDiskBytesMin;
  const next = 'make room or move the data folder to a larger disk; nothing of it may be deleted';
  if (free < least) {
    const text = `${room}: below ${Math.round(least / MIB)} MiB the node stops voting`;
    return [error('disk', 'STORE_FULL', text, next)];
  }
  const days = await daysLeft(place.data, free - least, grown);
  const lasting = days === undefined ? '' : `, enough for ${days} days at the growth so far`;
  const isShort = free < ROOM_WARN_FACTOR * least || (days !== undefined && days < ROOM_WARN_DAYS);
  if (isShort) return [warning('disk', `${room}${lasting}`, next)];
  return [ok('disk', `${room}${lasting}`)];
}

async function daysLeft(
  data: string,
  free: number,
  grown: Grown | undefined,
): Promise<number | undefined> {
  const ageMs = grown === undefined ? 0 : grown.headMs - grown.firstMs;
  if (ageMs < HOUR_MS) return undefined;
  const bytes = await bytesUnder(data);
  if (bytes === 0) return undefined;
  return Math.floor((free * ageMs) / bytes / DAY_MS);
}

async function bytesUnder(folder: string): Promise<number> {
  let bytes = 0;
  for (const path of await filesUnder(folder)) {
    bytes += (await stat(path).catch(() => undefined))?.size ?? 0;
  }
  return bytes;
}

async function newestFile(data: string): Promise<{ path: string; atMs: number } | undefined> {
  let newest: { path: string; atMs: number } | undefined;
  for (const path of await filesUnder(data)) {
    const found = await stat(path).catch(() => undefined);
    if (found === undefined || found.mtimeMs <= (newest?.atMs ?? 0)) continue;
    newest = { path, atMs: found.mtimeMs };
  }
  return newest;
}

async function filesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries.flatMap((entry) => (entry.isFile() ? [join(entry.parentPath, entry.name)] : []));
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() === true;
}

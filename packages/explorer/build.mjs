#!/usr/bin/env node
// Builds the page into dist/page when a source is newer than it, so that starting a network with
// an up-to-date page costs nothing.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '..', '..');
const made = join(here, 'dist', 'page', 'index.html');
const ownFiles = ['index.html', 'vite.config.ts', 'build.mjs', 'package.json'];
const imported = ['protocol', 'crypto', 'contracts', 'epcis', 'api'];
const sources = [
  ...ownFiles.map((name) => join(here, name)),
  join(here, 'src'),
  join(here, 'public'),
  join(root, 'pnpm-lock.yaml'),
  join(root, 'sdk', 'src'),
  ...imported.map((name) => join(root, 'packages', name, 'src')),
];

const upToDate = existsSync(made) && newest(sources) <= statSync(made).mtimeMs;
if (!upToDate || process.argv.includes('--force')) {
  await build({ root: here, configFile: join(here, 'vite.config.ts'), logLevel: 'warn' });
}

/** When the newest of files and folders was changed. */
function newest(paths) {
  let latest = 0;
  for (const path of paths) {
    if (!existsSync(path)) continue;
    const { mtimeMs } = statSync(path);
    latest = Math.max(latest, mtimeMs);
    if (!statSync(path).isDirectory()) continue;
    const inside = readdirSync(path).filter((name) => !/\.test\.tsx?$/.test(name));
    latest = Math.max(latest, newest(inside.map((name) => join(path, name))));
  }
  return latest;
}

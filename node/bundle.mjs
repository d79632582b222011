#!/usr/bin/env node
// Puts the operators' program into a few files: to find and compile two thousand takes Node longer
// than all the rest of a start. Nothing to do while the bundle is newer than what it is made of.
import { existsSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';
import { bundleFolder, inputsFile, isBundleCurrent } from './bin/current.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const folder = fileURLToPath(bundleFolder);
// Native code, worker threads of their own, and plugins that look at their module's identity.
const LEFT_ALONE = /^(classic-level|pino|fastify|@fastify\/.+)$/;
const OWN_MODULE = /^(?!.*node_modules).*\/dist\/.*\.js$/;

async function bundle() {
  rmSync(inputsFile, { force: true });
  const begun = new Date();
  const made = await rolldown({
    input: { triflow: join(here, 'dist', 'cli', 'main.js') },
    platform: 'node',
    // The program is what its modules do, not what they export.
    treeshake: { moduleSideEffects: true },
    plugins: [leaveAlone, keepPlaces],
    logLevel: 'warn',
  });
  const { output } = await made.write({
    dir: folder,
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name].mjs',
  });
  const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
  writeFileSync(inputsFile, `${JSON.stringify(inputsOf(modules), null, 2)}\n`);
  // What is built while this reads is newer.
  utimesSync(inputsFile, begun, begun);
}

const leaveAlone = {
  name: 'leave-alone',
  async resolveId(id, importer) {
    if (!LEFT_ALONE.test(id)) return null;
    const found = await this.resolve(id, importer, { skipSelf: true });
    return found === null ? null : { id: found.id, external: 'relative' };
  },
};

/** A module that looks for something beside itself finds it where it was built. */
const keepPlaces = {
  name: 'keep-places',
  transform(code, id) {
    if (!OWN_MODULE.test(id) || !code.includes('import.meta.url')) return null;
    const place = `new URL(${JSON.stringify(relative(folder, id))}, import.meta.url).href`;
    return { code: code.replaceAll('import.meta.url', place) };
  },
};

/** What each package's compiler and the installer write when anything changes. */
function inputsOf(modules) {
  const packages = modules.filter((id) => OWN_MODULE.test(id)).map((id) => id.split('/dist/')[0]);
  const builds = [...new Set(packages)].map((path) => join(path, 'dist', '.tsbuildinfo'));
  const installed = join(root, 'node_modules', '.pnpm', 'lock.yaml');
  return [...builds, installed, join(here, 'bundle.mjs')]
    .filter((path) => existsSync(path))
    .map((path) => relative(folder, path))
    .sort();
}

if (!isBundleCurrent()) await bundle();

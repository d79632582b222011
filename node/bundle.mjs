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
/** What checks signatures beside the node's loop: a thread loads it anew, so alone and small. */
const WORKER = 'signatureWorker';
// Native code, worker threads of their own, and plugins that look at their module's identity.
const LEFT_ALONE = /^(classic-level|pino|fastify|@fastify\/.+)$/;
const OWN_MODULE = /^(?!.*node_modules).*\/dist\/.*\.js$/;

async function bundle() {
  rmSync(inputsFile, { force: true });
  const begun = new Date();
  // The program is what its modules do, not what they export; the worker is its one function.
  const modules = [
    ...(await write('triflow', join('cli', 'main.js'), true)),
    ...(await write(WORKER, `${WORKER}.js`, false)),
  ];
  writeFileSync(inputsFile, `${JSON.stringify(inputsOf(modules), null, 2)}\n`);
  // What is built while this reads is newer.
  utimesSync(inputsFile, begun, begun);
}

/** One entry and what it needs; answers with the modules that went in. */
async function write(name, entry, moduleSideEffects) {
  const made = await rolldown({
    input: { [name]: join(here, 'dist', entry) },
    platform: 'node',
    treeshake: { moduleSideEffects },
    plugins: [leaveAlone, keepPlaces, bundledWorker],
    logLevel: 'warn',
  });
  const { output } = await made.write({
    dir: folder,
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name].mjs',
  });
  return output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
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

/** The program in a few files starts the worker in one. */
const bundledWorker = {
  name: 'bundled-worker',
  transform(code, id) {
    if (!id.endsWith(join('dist', 'signaturePool.js'))) return null;
    const file = `'./${WORKER}.js'`;
    if (!code.includes(file)) throw new Error(`${id}: starts no ${file}`);
    return { code: code.replace(file, `'./bundle/${WORKER}.mjs'`) };
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

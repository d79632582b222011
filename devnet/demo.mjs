#!/usr/bin/env node
// `pnpm demo`: builds and starts a network with a live scenario. Needs nothing installed to say
// that something is not installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NODE_MIN = [20, 19];
/** Four projects at a time, each looked at in two parts. */
const COMPILE = ['-b', '--builders', '4', '--checkers', '2'];
const PROJECTS = ['devnet', 'seeds', join('sdk', 'examples')];

const root = dirname(dirname(fileURLToPath(import.meta.url)));

const problem = nodeProblem() ?? installProblem() ?? buildProblem();
if (problem !== undefined) {
  process.stderr.write(`triflow demo: ${problem}\n`);
  process.exitCode = 1;
} else {
  const { runDemo } = await import('./dist/demo/main.js');
  process.exitCode = await runDemo(process.argv.slice(2));
}

function nodeProblem() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const enough = major > NODE_MIN[0] || (major === NODE_MIN[0] && minor >= NODE_MIN[1]);
  if (enough) return undefined;
  return `Node ${NODE_MIN.join('.')} or later is needed, this is ${process.versions.node}.`;
}

/** The first dependency that is missing, if any: pnpm runs scripts even when installing failed. */
function installProblem() {
  for (const folder of workspaceFolders()) {
    const { dependencies = {} } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    for (const name of Object.keys(dependencies)) {
      const places = [join(folder, 'node_modules', name), join(root, 'node_modules', name)];
      if (!places.some((place) => existsSync(place))) return notInstalled(name);
    }
  }
  return existsSync(compiler()) ? undefined : notInstalled('typescript');
}

function notInstalled(name) {
  return `the packages are not installed (${name} is missing): run "npx -y pnpm@12 install" first.`;
}

function workspaceFolders() {
  const packages = readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name));
  const others = ['node', 'sdk', 'devnet', 'seeds'].map((name) => join(root, name));
  return [...packages, ...others].filter((folder) => existsSync(join(folder, 'package.json')));
}

function buildProblem() {
  const startedMs = performance.now();
  const isFirst = PROJECTS.some((name) => !existsSync(join(root, name, 'dist')));
  process.stderr.write(isFirst ? 'building; the first time takes half a minute\n' : 'building\n');
  const projects = PROJECTS.filter((name) => existsSync(join(root, name, 'tsconfig.json')));
  const { status, signal, stdout } = spawnSync(
    process.execPath,
    [compiler(), ...COMPILE, ...projects],
    {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  if (status === 0) {
    putTogether('the node’s program', join('node', 'bundle.mjs'));
    putTogether('the explorer', join('packages', 'explorer', 'build.mjs'));
    const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
    process.stderr.write(`built in ${seconds} s\n\n`);
    return undefined;
  }
  if (signal !== null)
    return `the build was stopped (${signal}); the same command goes on with it.`;
  process.stderr.write(stdout);
  return 'the build failed, see above.';
}

/** A page and a quick start are good to have; a network without them is still a network. */
function putTogether(what, file) {
  const script = join(root, file);
  if (!existsSync(script)) return;
  const { status, stderr } = spawnSync(process.execPath, [script], { encoding: 'utf8' });
  if (status !== 0) process.stderr.write(`${what} was not built:\n${stderr}\n`);
}

function compiler() {
  return join(root, 'node_modules', 'typescript', 'bin', 'tsc');
}

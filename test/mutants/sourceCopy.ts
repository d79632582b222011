import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { transformSync } from 'rolldown/utils';
import { applyPatch, type FilePatch } from './patch.js';

const LEFT_OUT = /(\.map|\.d\.ts|\.tsbuildinfo|\/node_modules|\/explorer\/dist)$/;
const FILES = ['package.json', 'vitest.config.ts', 'tsconfig.base.json'];

/**
 * The project copied to another place, sources and what was built from them, whose packages find
 * each other there. Bugs are put in and taken out again; the project itself is never touched.
 */
export class SourceCopy {
  readonly path: string;
  readonly #before = new Map<string, string>();
  readonly #changed = new Set<string>();

  private constructor(path: string) {
    this.path = path;
  }

  /** Copies the project at `root`, which must be built. */
  static create(root: string, path: string): SourceCopy {
    mkdirSync(path, { recursive: true });
    for (const file of FILES) cpSync(join(root, file), join(path, file));
    const packages = readdirSync(join(root, 'packages')).map((name) => `packages/${name}`);
    const rooms = [...packages, 'node', 'sdk', 'devnet', 'seeds', 'test'];
    for (const room of rooms) {
      if (!existsSync(join(root, room, 'package.json'))) continue;
      const filter = (from: string): boolean => !LEFT_OUT.test(from);
      cpSync(join(root, room), join(path, room), { recursive: true, filter });
    }
    for (const room of ['', ...rooms]) linkModules(root, path, room);
    return new SourceCopy(path);
  }

  /** Puts a bug in: the sources, and what is built from them. Throws if it does not fit exactly. */
  apply(name: string, patches: readonly FilePatch[]): void {
    for (const patch of patches) {
      const text = readFileSync(join(this.path, patch.path), 'utf8');
      this.#write(patch.path, applyPatch(name, patch, text));
      this.build(name, patch.path);
    }
  }

  /** Builds one source again as it stands, without a look at its types. */
  build(name: string, path: string): void {
    const text = readFileSync(join(this.path, path), 'utf8');
    const { code, errors } = transformSync(path, text, {
      target: 'es2022',
      typescript: { onlyRemoveTypeImports: true },
    });
    const [fault] = errors;
    if (fault !== undefined) {
      throw new Error(`${name}: ${path} is no longer TypeScript: ${fault.message}`);
    }
    this.#write(builtPath(path), code);
  }

  /** What has been put in stays: it is not taken out with what comes later. */
  keep(): void {
    this.#before.clear();
  }

  /** Takes everything out again. */
  restore(): void {
    for (const [path, text] of this.#before) {
      writeFileSync(join(this.path, path), text);
      this.#changed.add(path);
    }
    this.#before.clear();
  }

  /** Files that have been written since this was asked the last time. */
  takeChanged(): readonly string[] {
    const changed = [...this.#changed];
    this.#changed.clear();
    return changed;
  }

  #write(path: string, text: string): void {
    const full = join(this.path, path);
    if (!this.#before.has(path)) this.#before.set(path, readFileSync(full, 'utf8'));
    writeFileSync(full, text);
    this.#changed.add(path);
  }
}

/** Where the compiler puts what it makes of a source. */
function builtPath(path: string): string {
  const js = path.replace(/\.ts$/, '.js');
  return js.startsWith('test/') ? js.replace('test/', 'test/dist/') : js.replace('/src/', '/dist/');
}

/** Packages of the project lead into the copy, all others to where they are installed. */
function linkModules(root: string, path: string, room: string): void {
  const from = join(root, room, 'node_modules');
  if (!existsSync(from)) return;
  const names = readdirSync(from).filter((name) => !name.startsWith('.'));
  const modules = names.flatMap((name) => {
    const isScope = name.startsWith('@');
    return isScope ? readdirSync(join(from, name)).map((one) => `${name}/${one}`) : [name];
  });
  for (const name of modules) {
    const real = realpathSync(join(from, name));
    const own = name.startsWith('@triflow/');
    const target = own ? join(path, relative(root, real)) : real;
    const link = join(path, room, 'node_modules', name);
    mkdirSync(join(link, '..'), { recursive: true });
    symlinkSync(target, link);
  }
}

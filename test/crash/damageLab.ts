import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ChainReader, type DataDiagnosis, diagnoseData, type RunningNode } from '@triflow/node';
import {
  assert,
  decodeCommitCertificate,
  equalBytes,
  isCodedError,
  type KeyValueStore,
} from '@triflow/protocol';
import { openLevelStore } from '@triflow/storage';
import { headOf, type SimMember, simContracts, type World } from '../simulation/world.js';
import {
  type DamageKind,
  damageLog,
  damageStore,
  entriesIn,
  type LoggedType,
  type StoredType,
} from './damages.js';
import { grow, grownWorld } from './grownWorld.js';
import { type WatchedDisk, watchedDisk } from './realDisk.js';

const STEP_MS = 250;
const LIMIT_MS = 60_000;
/** Time for the scrub's first look. */
const LOOK_MS = 1_500;

export interface Outcome {
  /** What a start said when it refused. */
  readonly refused?: string;
  /** What made the running node stop by itself. */
  readonly stopped?: string;
  /** The database was rebuilt from its blocks. */
  readonly rebuilt: boolean;
  readonly quarantined: boolean;
  readonly findings: DataDiagnosis['findings'];
}

/** Four validators, the first of which has LevelDB and files on the machine's disk. */
export class DamageLab {
  readonly world: World;
  readonly #victim: SimMember;
  readonly #disk: WatchedDisk;
  readonly #errors: unknown[] = [];
  #older: Awaited<ReturnType<typeof entriesIn>> = [];
  #olderLog: Uint8Array = new Uint8Array();

  private constructor(world: World, disk: WatchedDisk, errors: unknown[]) {
    this.world = world;
    this.#disk = disk;
    this.#errors = errors;
    const [victim] = world.members;
    assert(victim !== undefined, 'a world has members');
    this.#victim = victim;
  }

  static async create(dir: string, options: { blind?: boolean } = {}): Promise<DamageLab> {
    await mkdir(dir, { recursive: true });
    const disk = watchedDisk(0, join(dir, 'data'), options);
    const errors: unknown[] = [];
    const world = await grownWorld(4, 4, {
      realSignatures: true,
      keepTrace: true,
      disk,
      mayStop: (member, error) => {
        errors.push(error);
        return member.index === disk.index && isCodedError(error);
      },
    });
    const lab = new DamageLab(world, disk, errors);
    lab.#older = await entriesIn(disk.kv());
    lab.#olderLog = await lab.#log();
    await grow(world, 7);
    return lab;
  }

  /** Damages one record of the database, at rest or right after a start, and sees it through. */
  async store(type: StoredType, kind: DamageKind, when: 'at rest' | 'running'): Promise<Outcome> {
    await this.#stop();
    if (when === 'at rest') {
      const kv = await openLevelStore(join(this.#disk.data, 'db'));
      await damageStore(kv, type, kind, this.#older);
      await kv.close();
    }
    return this.#seeThrough(async (kv) => {
      if (when === 'running') await damageStore(kv, type, kind, this.#older);
    });
  }

  /** Changes the files of a stopped node, and sees it through. */
  async files(change: (data: string) => Promise<void>): Promise<Outcome> {
    await this.#stop();
    await change(this.#disk.data);
    return this.#seeThrough(async () => undefined);
  }

  /** What the database held some heights before. */
  get older(): Awaited<ReturnType<typeof entriesIn>> {
    return this.#older;
  }

  /** A rebuilt chain may begin lower than it ended, where blocks are damaged, too. */
  mayFallBack(): void {
    this.world.checkers.mayFallBack(this.#victim.id);
  }

  /** Stops a node that has voted at its height. */
  async stopMidway(): Promise<void> {
    await this.#until(() => this.#victim.node?.driver.knowsOwn('prevote', 0) === true, 1);
    await this.#stop();
  }

  /** Damages the log of a node that has signed at its height, and sees it through. */
  async log(type: LoggedType, kind: DamageKind): Promise<Outcome> {
    await this.stopMidway();
    const foreign = await this.world.members[1]?.fs.read('/log/consensus.log');
    assert(foreign !== undefined, 'another validator has a log');
    const others = { older: this.#olderLog, foreign };
    const damaged = damageLog(await this.#log(), type, kind, others);
    const backup = `${this.#disk.data}.backup`;
    await cp(this.#disk.data, backup, { recursive: true });
    await writeFile(this.#logPath(), damaged);
    const outcome = await this.#seeThrough(async () => undefined);
    if (outcome.refused !== undefined) {
      await rm(this.#disk.data, { recursive: true });
      await cp(backup, this.#disk.data, { recursive: true });
      await this.#start();
    }
    await rm(backup, { recursive: true });
    return outcome;
  }

  async #seeThrough(whileUp: (kv: KeyValueStore) => Promise<void>): Promise<Outcome> {
    const refused = await this.#start();
    if (refused !== undefined) return { refused, rebuilt: false, quarantined: false, findings: [] };
    const node = this.#node();
    const quarantined = node.driver.state().quarantine !== null;
    await whileUp(this.#disk.kv());
    await this.#probe(node);
    await this.#pass(LOOK_MS);
    const stopped = await this.#restart(node);
    if (this.#victim.node === null) {
      return { refused: stopped ?? 'down', rebuilt: false, quarantined, findings: [] };
    }
    await this.#until(() => this.#isWell());
    await this.#probe(this.#node());
    await this.#stop();
    const { data } = this.#disk;
    const { genesis } = this.world;
    const self = this.#victim.id;
    const { findings } = await diagnoseData(data, { genesis, self, contracts: simContracts });
    const aside = join(data, 'aside-damaged');
    const rebuilt = await rm(aside, { recursive: true }).then(
      () => true,
      () => false,
    );
    await this.#start();
    return { ...(stopped === undefined ? {} : { stopped }), rebuilt, quarantined, findings };
  }

  /** What made it stop by itself, if it has; every damage that waits for a start gets one. */
  async #restart(node: RunningNode): Promise<string | undefined> {
    const error = node.fatal();
    if (error !== undefined) await node.stop();
    else await this.#stop();
    const refused = await this.#start();
    return refused ?? (error === undefined ? undefined : String(error));
  }

  #isWell(): boolean {
    const { node } = this.#victim;
    if (node === null) return false;
    const highest = Math.max(...this.world.members.map(headOf));
    const isLevel = headOf(this.#victim) >= highest - 1;
    return isLevel && node.repairing() === 0 && node.driver.state().mode === 'voting';
  }

  /** Whatever the node gives is what another one gives, or it gives nothing. */
  async #probe(node: RunningNode): Promise<void> {
    const other = this.world.members[1]?.node;
    assert(other !== null && other !== undefined, 'another node runs');
    const own = new ChainReader(node.chain);
    const reference = new ChainReader(other.chain);
    const height = Math.min(node.chain.head().height, other.chain.head().height);
    for (let at = 1; at <= height; at += 1) {
      const block = await node.chain.committed(at);
      const right = await other.chain.committed(at);
      assert(right !== undefined, 'the others are whole');
      assert(block === undefined || isSame(block, right), `a wrong block ${at} is served`);
      await this.#same(`results of ${at}`, () => own.results(at), reference.results(at));
      const header = (reader: ChainReader) => reader.header(at).then((found) => found?.header);
      await this.#same(`header ${at}`, () => header(own), header(reference));
    }
    for (const name of ['c0', 'c1', 'c2']) {
      const key = `counter/counter/${name}`;
      const read = ({ chain }: RunningNode) => chain.store.getStateAt(key, height);
      await this.#same(key, () => read(node), read(other));
    }
    const list = { prefix: '', limit: 1_000, height };
    await this.#same('indexes', () => node.chain.store.listIndex(list), undefined);
  }

  async #same(what: string, read: () => Promise<unknown>, expected: unknown): Promise<void> {
    try {
      const found = await read();
      if (expected === undefined || found === undefined) return;
      const [one, two] = [JSON.stringify(found, plain), JSON.stringify(await expected, plain)];
      assert(one === two, `${what}: not what the others give`);
    } catch (error) {
      if (!isCodedError(error, 'STORE_CORRUPT')) throw error;
    }
  }

  async #start(): Promise<string | undefined> {
    const before = this.#errors.length;
    await this.world.start(this.#victim);
    const error = this.#errors[before];
    return error === undefined ? undefined : String(error);
  }

  async #stop(): Promise<void> {
    await this.world.stop(this.#victim);
  }

  async #pass(ms: number): Promise<void> {
    const end = this.world.scheduler.nowMs() + ms;
    await this.#until(() => this.world.scheduler.nowMs() >= end);
  }

  /** Feeds transactions until a condition holds. */
  async #until(done: () => boolean, stepMs = STEP_MS): Promise<void> {
    const { world } = this;
    const end = world.scheduler.nowMs() + LIMIT_MS;
    for (let turn = 0; world.scheduler.nowMs() < end; turn += 1) {
      if (done()) return;
      const sender = world.members[1 + (turn % 3)];
      if (sender !== undefined) await world.submit(sender, `c${turn % 3}`);
      await world.scheduler.runUntil(
        world.scheduler.nowMs() + stepMs,
        stepMs < STEP_MS ? done : undefined,
      );
    }
    const { node } = this.#victim;
    const mode = node === null ? 'down' : JSON.stringify(node.driver.state().quarantine);
    assert(false, `not well after ${LIMIT_MS} ms: ${mode}, ${headOf(this.#victim)}`);
  }

  #node(): RunningNode {
    const { node } = this.#victim;
    assert(node !== null, 'the victim runs');
    return node;
  }

  #logPath(): string {
    return join(this.#disk.data, 'consensus', 'consensus.log');
  }

  async #log(): Promise<Uint8Array> {
    return new Uint8Array(await readFile(this.#logPath()));
  }

  /** What no run may show. */
  failures(): string[] {
    const said = this.world.trace.filter((line) => /block\.invalid|consensus\.halted/.test(line));
    return [...this.world.checkers.failures, ...said];
  }

  async close(): Promise<void> {
    for (const member of this.world.members) await this.world.stop(member);
  }
}

function isSame(
  a: { readonly block: Uint8Array; readonly certificate: Uint8Array },
  b: { readonly block: Uint8Array; readonly certificate: Uint8Array },
): boolean {
  const [one, two] = [a, b].map(({ certificate }) => decodeCommitCertificate(certificate));
  if (one?.ok !== true || two?.ok !== true) return false;
  return equalBytes(a.block, b.block) && one.value.valueId === two.value.valueId;
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Uint8Array ? Buffer.from(value).toString('hex') : value;
}

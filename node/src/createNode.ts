import { join } from 'node:path';
import type { Quarantine } from '@triflow/consensus';
import { allContracts } from '@triflow/contracts';
import { verifyGenesisKeys } from '@triflow/crypto';
import { observersIn } from '@triflow/ledger';
import { createMempool } from '@triflow/mempool';
import { createNetwork, type Network, type NetworkOptions, type PeerInfo } from '@triflow/network';
import {
  type Clock,
  CodedError,
  type Contract,
  decodeGetBlocks,
  encodeBlocks,
  encodeWire,
  failure,
  type Genesis,
  type Logger,
  limits,
  type ValidatorId,
  type WireMessage,
} from '@triflow/protocol';
import {
  createConsensusLog,
  createLedgerStore,
  createMemoryStore,
  type DirectoryLock,
  type FileSystem,
  hasConsensusLog,
  type LedgerStore,
  type LevelStore,
  lockDataDirectory,
  MemoryFileSystem,
  nodeFileSystem,
  openCandidateStore,
  openConsensusLog,
  openLevelStore,
} from '@triflow/storage';
import { Admission } from './admission.js';
import { BlockSync } from './blockSync.js';
import { Chain } from './chain.js';
import type { NodeConfig } from './config.js';
import { ConsensusDriver } from './consensusDriver.js';
import { checkNodeKeys, type NodeKeys } from './keys.js';
import { logRecordTypes } from './logRecords.js';
import { PeerInbox } from './peerInbox.js';
import type { LogEntry, LogPort, PeerPort, TimerPort, VerifierPort } from './ports.js';
import { SignaturePool } from './signaturePool.js';
import { createTimers } from './timers.js';

/** How often the free space is looked at, in heights. */
const DISK_CHECK_HEIGHTS = 50;
const SYNC_RESPONSE_BYTES = limits.syncBytesMax + limits.bodyEnvelopeBytesMax;

/** Time, threads, disk and network as a node uses them. */
export interface NodeEnvironment {
  readonly clock: Clock;
  readonly timers: TimerPort;
  readonly createNetwork: (options: NetworkOptions) => Network;
  readonly createVerifier: () => StoppableVerifier;
  readonly openStores: () => Promise<OpenedStores>;
  /** Lets others have the thread between slices of execution (R-D6). */
  readonly pause: () => Promise<void>;
}

export interface StoppableVerifier extends VerifierPort {
  stop(): Promise<void>;
}

/** The ledger's store and the place of the consensus log. */
export interface OpenedStores {
  readonly store: LedgerStore;
  readonly fs: FileSystem;
  readonly logDir: string;
  /** The database itself, for its upkeep; undefined where there is none on disk. */
  readonly level?: LevelStore;
  close(): Promise<void>;
}

interface OpenedConsensusLog {
  readonly log: LogPort;
  readonly records: readonly LogEntry[];
  readonly quarantine: Quarantine | null;
}

export interface NodeOptions {
  readonly home: string;
  readonly config: NodeConfig;
  readonly genesis: Genesis;
  readonly keys: NodeKeys;
  readonly logger: Logger;
  /**
   * Nothing was ever signed with this node's key, so that it may begin without a log. Otherwise a
   * validator without its log starts quarantined (P10).
   */
  readonly fresh?: boolean;
  /** What genesis may enable; default all that this program has. */
  readonly contracts?: readonly Contract[];
  /** Peers that the operator keeps out; default nobody. */
  readonly isBanned?: (peerId: string) => boolean;
  /** What the machine gives; the simulator and the in-process devnet bring their own. */
  readonly environment?: Partial<NodeEnvironment>;
  /** Called once when the node can go on no longer (P9). */
  readonly onFatal: (error: unknown) => void;
}

/** The parts of a running node, wired together. */
export interface RunningNode {
  readonly genesis: Genesis;
  readonly self: ValidatorId | null;
  readonly chain: Chain;
  readonly driver: ConsensusDriver;
  readonly sync: BlockSync;
  readonly admission: Admission;
  readonly network: Network;
  readonly store: LedgerStore;
  readonly level: LevelStore | undefined;
  /** Whom the chain lets connect, those that are banned here included (R-D1). */
  readonly allowedPeers: () => ReadonlyMap<string, PeerInfo>;
  readonly fatal: () => unknown;
  readonly clock: Clock;
  stop(): Promise<void>;
}

/**
 * The composition root: opens stores, replays the log, joins the network. Throws coded errors for
 * whatever an operator can mend: GENESIS_INVALID, GENESIS_MISMATCH, STORE_LOCKED, STORE_CORRUPT,
 * PORT_IN_USE, CONFIG_INVALID.
 */
export async function createNode(options: NodeOptions): Promise<RunningNode> {
  const { config, genesis, keys } = options;
  const checked = verifyGenesisKeys(genesis);
  if (!checked.ok) {
    const { path, message } = checked.fault;
    throw new CodedError('GENESIS_INVALID', `genesis: ${path ?? ''} ${message}`);
  }
  checkNodeKeys(genesis, config, keys);
  if (config.node.clockAheadMs > 0 && !genesis.devnet) {
    const message = 'node.clockAheadMs: only the clock of a devnet may be moved';
    throw new CodedError('CONFIG_INVALID', message);
  }
  const environment = { ...machineEnvironment(options), ...options.environment };
  const opened = await environment.openStores();
  const verifier = environment.createVerifier();
  try {
    return await assemble(options, environment, opened, verifier);
  } catch (error) {
    await verifier.stop();
    await opened.close();
    throw error;
  }
}

function machineEnvironment(options: NodeOptions): NodeEnvironment {
  return {
    clock: { nowMs: () => Date.now() + options.config.node.clockAheadMs },
    timers: createTimers(),
    createNetwork,
    createVerifier: () => new SignaturePool(),
    openStores: () => openStores(options),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

async function openStores({ home, config }: NodeOptions): Promise<OpenedStores> {
  if (config.node.storage === 'memory') {
    const store = await createLedgerStore(createMemoryStore());
    const fs = new MemoryFileSystem();
    return { store, fs, logDir: '/log', close: () => store.close() };
  }
  const data = join(home, config.node.data);
  const lock: DirectoryLock = await lockDataDirectory(data);
  let kv: LevelStore | undefined;
  try {
    kv = await openLevelStore(join(data, 'db'));
    const level = kv;
    const store = await createLedgerStore(level);
    const close = async (): Promise<void> => {
      await store.close();
      await lock.release();
    };
    return { store, fs: nodeFileSystem, logDir: join(data, 'consensus'), level, close };
  } catch (error) {
    await kv?.close().catch(() => undefined);
    await lock.release();
    throw error;
  }
}

async function assemble(
  options: NodeOptions,
  environment: NodeEnvironment,
  stores: OpenedStores,
  verifier: StoppableVerifier,
): Promise<RunningNode> {
  const { genesis, logger, config, keys } = options;
  const mempool = createMempool();
  const { clock, timers, pause } = environment;
  const chain = await Chain.open({
    genesis,
    contracts: options.contracts ?? allContracts,
    store: stores.store,
    mempool,
    verifier,
    logger,
    pause,
  });
  const self = validatorSelf(config);
  let fatal: unknown;
  const fail = (error: unknown): void => {
    if (fatal !== undefined) return;
    fatal = error;
    logger.error('node.fatal', { error: String(error) });
    options.onFatal(error);
  };
  // The parts name each other; whoever comes later is reached through this.
  const late: { inbox?: PeerInbox; sync?: BlockSync; network?: Network; admission?: Admission } =
    {};
  const peers = peerPort(self, () => late.network);
  const mayBegin = options.fresh === true || self === null;
  const { log, records, quarantine } = await openLog(stores, chain, mayBegin, logger);
  const candidates = await openCandidateStore({
    fs: stores.fs,
    dir: `${stores.logDir}/candidates`,
  });
  const driver = new ConsensusDriver({
    self: keys.signers.length === 0 ? null : self,
    signers: keys.signers,
    chain,
    peers,
    log,
    candidates,
    clock,
    timers,
    local: config.consensus,
    logger,
    quarantine,
    onSync: () => late.sync?.start(),
    onCommitted: (height) => {
      late.inbox?.heightStarted();
      late.sync?.committed(height);
      late.network?.refreshPeers();
      if (height % DISK_CHECK_HEIGHTS === 0) void watchDisk(stores, fail);
    },
    onEvidence: (evidence) => {
      logger.warn('validator.equivocated', { validator: evidence.validator });
      chain.addEvidence(evidence);
    },
    onFatal: fail,
  });
  const request = (peerId: string, bytes: Uint8Array, timeoutMs: number): Promise<Uint8Array> => {
    if (late.network === undefined) throw new CodedError('TRANSPORT_FAILED', 'not started');
    return late.network.request(peerId, bytes, {
      timeoutMs,
      responseBytesMax: SYNC_RESPONSE_BYTES,
    });
  };
  const shared = { driver, chain, peers, verifier, clock, logger };
  const sync = new BlockSync({ ...shared, request });
  const reply = (peerId: string, message: WireMessage): void => {
    late.network?.send(peerId, 'consensus', encodeWire(message));
  };
  const inbox = new PeerInbox({
    ...shared,
    reply,
    onHead: (peerId, head) => {
      sync.noteHead(peerId, head);
      if (head > chain.head().height + limits.syncBlocksMax) sync.start();
    },
  });
  const admission = new Admission({
    chain,
    timers,
    verifier,
    logger,
    refusal: () => {
      const mode = driver.isStarted() ? driver.state().mode : 'following';
      return mode === 'halted' ? failure('node_halted', 'the node has halted') : undefined;
    },
    spread: (bytes) => {
      for (const entry of chain.validatorSet(chain.head().height + 1)) {
        if (entry.id !== self) late.network?.send(entry.peerId, 'gossip', bytes);
      }
    },
    onWork: () => driver.offerWork(),
  });
  Object.assign(late, { inbox, sync, admission });
  const known = () => allowedPeers(chain, config.p2p.peers, self);
  const network = environment.createNetwork({
    seed: keys.nodeSeed,
    listen: { host: config.p2p.host, port: config.p2p.port },
    peers: () => withoutBanned(known(), options.isBanned),
    logger,
    handlers: {
      message: (peerId, channel, bytes) => {
        if (channel === 'consensus') inbox.receive(peerId, bytes);
        else void receiveGossip(admission, peers, peerId, bytes, logger);
      },
      request: (_peerId, bytes) => answerBlocks(chain, bytes),
      peerUp: (peerId) => greet(driver, peerId, reply),
      peerDown: (peerId) => sync.forget(peerId),
    },
  });
  late.network = network;
  try {
    await network.start();
    await driver.start(records);
  } catch (error) {
    await network.stop();
    throw error;
  }
  for (const peerId of network.connectedPeers()) greet(driver, peerId, reply);
  return {
    genesis,
    self,
    chain,
    driver,
    sync,
    admission,
    network,
    store: stores.store,
    level: stores.level,
    allowedPeers: known,
    fatal: () => fatal,
    clock,
    async stop() {
      admission.stop();
      sync.stop();
      await network.stop();
      await driver.stop();
      await verifier.stop();
      // Nothing that was sent depends on what is not flushed yet (P3).
      await log.close().catch((error: unknown) => {
        logger.warn('consensus.log_not_closed', { error: String(error) });
      });
      await candidates.close().catch(() => undefined);
      await stores.close();
    },
  };
}

/** Opens this height's log, or makes the first one; says whether to start quarantined (P10). */
async function openLog(
  { fs, logDir: dir }: OpenedStores,
  chain: Chain,
  mayBegin: boolean,
  logger: Logger,
): Promise<OpenedConsensusLog> {
  const head = chain.head().height;
  const place = { fs, dir };
  if (!(await hasConsensusLog(place))) {
    if (!mayBegin) {
      logger.warn('consensus.log_missing', { head });
      return quarantinedLog(place, head + 1);
    }
    const log = await createConsensusLog({ ...place, height: head + 1, initial: [] });
    return { log, records: [], quarantine: null };
  }
  const opened = await openConsensusLog({ ...place, height: head + 1 });
  if (opened.tornTail) logger.info('consensus.torn_tail', { height: opened.height });
  if (opened.damage !== undefined) {
    logger.error('consensus.log_damaged', { damage: opened.damage });
    return quarantinedLog(place, head + 1);
  }
  const { log, records } = opened;
  if (records[0]?.type === logRecordTypes.quarantine) {
    return { log, records: [], quarantine: { until: null } };
  }
  return { log, records, quarantine: null };
}

/** The quarantine is as durable as the new log: a crash before the first height must not end it. */
async function quarantinedLog(
  place: { readonly fs: FileSystem; readonly dir: string },
  height: number,
): Promise<OpenedConsensusLog> {
  const initial = [{ type: logRecordTypes.quarantine, payload: new Uint8Array() }];
  const log = await createConsensusLog({ ...place, height, initial });
  return { log, records: [], quarantine: { until: null } };
}

/** P9: stops before the disk is full, while everything can still be written down. */
async function watchDisk(
  { fs, logDir }: OpenedStores,
  fail: (error: unknown) => void,
): Promise<void> {
  const free = await fs.freeBytes(logDir).catch(() => 0);
  if (free >= limits.freeDiskBytesMin) return;
  const message = `only ${free} bytes are free on the disk of ${logDir}: the node stops voting`;
  fail(new CodedError('STORE_FULL', message));
}

function validatorSelf(config: NodeConfig): ValidatorId | null {
  return config.node.validator === undefined ? null : (config.node.validator as ValidatorId);
}

function peerPort(self: ValidatorId | null, network: () => Network | undefined): PeerPort {
  return {
    broadcast: (message) => {
      const bytes = encodeWire(message);
      for (const peerId of network()?.connectedPeers() ?? []) {
        network()?.send(peerId, 'consensus', bytes);
      }
    },
    send: (validator, message) => {
      if (validator.id !== self) {
        network()?.send(validator.peerId, 'consensus', encodeWire(message));
      }
    },
    penalise: (peerId, reason) => network()?.penalise(peerId, 1, reason),
  };
}

/** R-D1: validators of this height and the next, and the observers of genesis or governance. */
function allowedPeers(
  chain: Chain,
  addresses: Readonly<Record<string, string>>,
  self: ValidatorId | null,
): ReadonlyMap<string, PeerInfo> {
  const allowed = new Map<string, PeerInfo>();
  const { height } = chain.head();
  for (const at of [height + 1, height + 2]) {
    for (const entry of chain.validatorSet(at)) {
      if (entry.id === self) continue;
      const address = addresses[entry.id] ?? addresses[entry.peerId];
      allowed.set(entry.peerId, { addresses: address === undefined ? [] : [address] });
    }
  }
  for (const { peerId } of observersIn(chain.state().reader)) {
    const address = addresses[peerId];
    allowed.set(peerId, { addresses: address === undefined ? [] : [address] });
  }
  return allowed;
}

function withoutBanned(
  peers: ReadonlyMap<string, PeerInfo>,
  isBanned: ((peerId: string) => boolean) | undefined,
): ReadonlyMap<string, PeerInfo> {
  if (isBanned === undefined) return peers;
  return new Map([...peers].filter(([peerId]) => !isBanned(peerId)));
}

function greet(
  driver: ConsensusDriver,
  peerId: string,
  reply: (peerId: string, message: WireMessage) => void,
): void {
  if (!driver.isStarted()) return;
  const index = driver.state().base.set.findIndex((entry) => entry.peerId === peerId);
  for (const message of driver.greeting(index < 0 ? null : index)) reply(peerId, message);
}

/** R-Y5: blocks with certificates, within the size of one answer. */
async function answerBlocks(chain: Chain, bytes: Uint8Array): Promise<Uint8Array> {
  const asked = decodeGetBlocks(bytes);
  if (!asked.ok) throw new CodedError('REQUEST_MALFORMED', asked.fault.message);
  const { from, count } = asked.value;
  return encodeBlocks(await chain.store.getBlocks(from, count, limits.syncBytesMax));
}

async function receiveGossip(
  admission: Admission,
  peers: PeerPort,
  peerId: string,
  bytes: Uint8Array,
  logger: Logger,
): Promise<void> {
  try {
    const fault = await admission.receiveGossip(bytes);
    if (fault !== undefined) peers.penalise(peerId, fault.fault.message);
  } catch (error) {
    logger.error('gossip.failed', { error: String(error) });
  }
}

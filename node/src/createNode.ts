import { join } from 'node:path';
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
  isCodedError,
  type Logger,
  limits,
  type ValidatorId,
  type WireMessage,
} from '@triflow/protocol';
import { type LedgerStore, type LevelStore, openCandidateStore } from '@triflow/storage';
import { Admission } from './admission.js';
import { BlockSync } from './blockSync.js';
import { Chain, type ChainOptions } from './chain.js';
import type { NodeConfig } from './config.js';
import { ConsensusDriver } from './consensusDriver.js';
import { HistoryPruner } from './historyPruner.js';
import { checkNodeKeys, type NodeKeys } from './keys.js';
import { type CommandMeter, createCommandMeter } from './metrics/commandMeter.js';
import { openLog } from './openLog.js';
import { type OpenedStores, openDataStores, openMemoryStores } from './openStores.js';
import { PeerInbox } from './peerInbox.js';
import type { PeerPort, TimerPort, VerifierPort } from './ports.js';
import { BlockRepair } from './recovery/blockRepair.js';
import { DamageWatch } from './recovery/damageWatch.js';
import { type RecoverOptions, recoverData } from './recovery/recoverData.js';
import { StoreScrub } from './recovery/storeScrub.js';
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
  /** Rebuilds what `openStores` or the chain over it found damaged (STORE_CORRUPT). */
  readonly recoverStores?: (options: RecoverOptions, cause: CodedError) => Promise<void>;
  /** Lets others have the thread between slices of execution (R-D6). */
  readonly pause: () => Promise<void>;
}

export interface StoppableVerifier extends VerifierPort {
  stop(): Promise<void>;
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
  /**
   * The operator's word that ends a quarantine at once (P11): all validators but these can be
   * asked what this key signed, and these are lost for ever.
   */
  readonly endQuarantine?: { readonly lost: readonly ValidatorId[] };
  /** What genesis may enable; default all that this program has. */
  readonly contracts?: readonly Contract[];
  /** Peers that the operator keeps out; default nobody. */
  readonly isBanned?: (peerId: string) => boolean;
  /** What the machine gives; the simulator and the in-process devnet bring their own. */
  readonly environment?: Partial<NodeEnvironment>;
  /** Called once when the node can go on no longer (P9). */
  readonly onFatal: (error: unknown) => void;
}

/** Parts that come later than those who name them. */
interface Late {
  inbox?: PeerInbox;
  sync?: BlockSync;
  network?: Network;
  admission?: Admission;
  driver?: ConsensusDriver;
}

/** Who hears of damage, once the node is put together; before that a start fails or recovers. */
interface Heard {
  watch?: DamageWatch;
}

interface OpenedParts {
  readonly chain: Chain;
  readonly commandMeter: CommandMeter;
  readonly stores: OpenedStores;
  readonly verifier: StoppableVerifier;
  readonly heard: Heard;
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
  readonly commandMeter: CommandMeter;
  readonly fatal: () => unknown;
  /** What is damaged and is rebuilt at the next start; undefined when nothing is known. */
  readonly damage: () => string | undefined;
  /** Damaged blocks that are still to be fetched. */
  readonly repairing: () => number;
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
  const verifier = environment.createVerifier();
  const commandMeter = createCommandMeter(options.contracts ?? allContracts, () => {
    return performance.now();
  });
  const metered = { ...options, contracts: commandMeter.contracts };
  const heard: Heard = {};
  let stores: OpenedStores | undefined;
  try {
    const opened = await openChain(metered, environment, verifier, {
      onDamage: (error) => heard.watch?.noted(error),
      onStuck: (error) => heard.watch?.stops(error),
    });
    stores = opened.stores;
    return await assemble(metered, environment, { ...opened, commandMeter, verifier, heard });
  } catch (error) {
    await verifier.stop();
    await stores?.close();
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
    ...(options.config.node.storage === 'memory' ? {} : { recoverStores: recoverHome(options) }),
    pause: () => new Promise((resolve) => setImmediate(resolve)),
  };
}

function recoverHome({ home, config }: NodeOptions): NonNullable<NodeEnvironment['recoverStores']> {
  return (options, cause) => recoverData(join(home, config.node.data), options, cause);
}

function openStores({ home, config }: NodeOptions): Promise<OpenedStores> {
  const undo = { undoHeightsKept: config.retention.proofHeights };
  if (config.node.storage === 'memory') return openMemoryStores(undo);
  return openDataStores(join(home, config.node.data), undefined, undo);
}

/** The stores and the chain over them; a damaged database is rebuilt once and opened again. */
async function openChain(
  options: NodeOptions,
  environment: NodeEnvironment,
  verifier: StoppableVerifier,
  heard: Required<Pick<ChainOptions, 'onDamage' | 'onStuck'>>,
): Promise<{ readonly chain: Chain; readonly stores: OpenedStores }> {
  const { genesis, logger, contracts = allContracts } = options;
  const { pause, recoverStores } = environment;
  const shared = { genesis, contracts, verifier, logger, pause };
  const open = async (): Promise<{ chain: Chain; stores: OpenedStores }> => {
    const stores = await environment.openStores();
    const { store } = stores;
    try {
      const chain = await Chain.open({ ...shared, ...heard, store, mempool: createMempool() });
      return { chain, stores };
    } catch (error) {
      await stores.close();
      throw error;
    }
  };
  try {
    return await open();
  } catch (error) {
    if (!isCodedError(error, 'STORE_CORRUPT') || recoverStores === undefined) throw error;
    await recoverStores({ ...shared, self: validatorSelf(options.config) }, error);
    return open();
  }
}

async function assemble(
  options: NodeOptions,
  environment: NodeEnvironment,
  opened: OpenedParts,
): Promise<RunningNode> {
  const { genesis, logger, config, keys } = options;
  const { clock, timers } = environment;
  const { chain, stores, verifier, commandMeter } = opened;
  const self = validatorSelf(config);
  let fatal: unknown;
  const fail = (error: unknown): void => {
    if (fatal !== undefined) return;
    fatal = error;
    logger.error('node.fatal', { error: String(error) });
    void late.driver?.stop();
    options.onFatal(error);
  };
  // The parts name each other; whoever comes later is reached through this.
  const late: Late = {};
  const peers = peerPort(self, () => late.network);
  const mayBegin = options.fresh === true || self === null;
  const place = { fs: stores.fs, dir: stores.logDir };
  const { log, records, quarantine } = await openLog(place, chain.head().height, mayBegin, logger);
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
    vouched: options.endQuarantine?.lost ?? null,
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
  const repair = new BlockRepair({
    ...shared,
    timers,
    request,
    sources: (height) => sync.sourcesOf(height),
    distrust: (peerId, reason) => sync.distrust(peerId, reason),
  });
  const refetch = (height: number): void => repair.note(height);
  const watch = new DamageWatch({ logger, refetch, mark: stores.markDamaged, fail });
  opened.heard.watch = watch;
  const scrub = new StoreScrub({
    store: stores.store,
    registry: chain.registry,
    timers,
    logger,
    onDamage: refetch,
    onMissing: (error) => watch.noted(error),
  });
  const pruner = new HistoryPruner({
    store: stores.store,
    level: stores.level,
    retention: config.retention,
    timers,
    logger,
    isBusy: () => chain.hasWork(),
  });
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
    isBehind: () => sync.isBehind(self),
    spread: (bytes) => {
      for (const entry of chain.validatorSet(chain.head().height + 1)) {
        if (entry.id !== self) late.network?.send(entry.peerId, 'gossip', bytes);
      }
    },
    onWork: () => driver.offerWork(),
  });
  Object.assign(late, { inbox, sync, admission, driver });
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
  scrub.start();
  pruner.start();
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
    commandMeter,
    fatal: () => fatal,
    damage: () => watch.waiting,
    repairing: () => repair.waiting(),
    clock,
    async stop() {
      admission.stop();
      scrub.stop();
      pruner.stop();
      repair.stop();
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
    if (isCodedError(error, 'ABORTED')) return;
    logger.error('gossip.failed', { error: String(error) });
  }
}

import { randomBytes } from 'node:crypto';
import {
  CodedError,
  type Genesis,
  isCodedError,
  type Logger,
  parseGenesis,
} from '@triflow/protocol';
import { startControl } from './control.js';
import type { Devnet, DevnetOptions, DevnetStep } from './devnet.js';
import { devnetGenesis, devnetNodeIds } from './genesis.js';
import { type DevnetHome, openHome, purgeHome } from './home.js';
import { endLeftovers } from './leftovers.js';
import { acquireLock, type DevnetLock } from './lockFile.js';
import { claimPortBlock, type PortBlock } from './ports.js';
import { RunningDevnet } from './runningDevnet.js';
import { readIfThere, replaceFile } from './textFile.js';
import { createInprocTransport } from './transports/inproc.js';
import { createProcessTransport } from './transports/process.js';
import type { Transport } from './transports/transport.js';

const NODES = 4;
/** How long to wait for all nodes to take part; a quorum may do without the rest. */
const VOTING_MS = 5_000;
const READY_MS = 60_000;
const PORT_ATTEMPTS = 5;

/**
 * Starts a network on this machine and waits until a quorum has committed a transaction. Throws
 * STORE_LOCKED when the directory is in use, PORT_IN_USE, CONFIG_INVALID, and a node's own reason
 * not to start. Nothing is left running when it throws.
 */
export async function startDevnet(options: DevnetOptions = {}): Promise<Devnet> {
  const startedMs = performance.now();
  const home = await openHome(options.dir);
  const lock = await acquireLock(home);
  const say = (step: DistributiveOmit<DevnetStep, 'ms'>): number => {
    const ms = Math.round(performance.now() - startedMs);
    options.onStep?.({ ...step, ms });
    return ms;
  };
  let devnet: RunningDevnet | undefined;
  try {
    await endLeftovers(home);
    const { genesis, isNew } = await openGenesis(home, options);
    const { chainId, validators } = genesis;
    say({ step: 'genesis', isNew, chainId, nodes: validators.length, dir: home.dir });
    devnet = await startNodes({ home, lock, genesis, options });
    say({ step: 'nodes' });
    await devnet.untilVoting(VOTING_MS);
    const probe = await devnet.probe({ timeoutMs: READY_MS });
    const ms = say({ step: 'ready', probe });
    devnet.attach(await startControl(devnet, lock));
    await devnet.noteReady({ height: probe.height, ms });
    return devnet;
  } catch (error) {
    if (devnet !== undefined) await devnet.stop();
    else {
      await lock.release();
      if (home.temporary) await purgeHome(home);
    }
    throw error;
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

/** The genesis of a kept state, or a new one. */
async function openGenesis(
  home: DevnetHome,
  options: DevnetOptions,
): Promise<{ genesis: Genesis; isNew: boolean }> {
  const text = await readIfThere(home.genesis);
  if (text !== undefined) return { genesis: keptGenesis(home, text, options), isNew: false };
  const { nodes = NODES, observers = 0, parameters } = options;
  const chainId = options.chainId ?? `triflow-dev-${randomBytes(2).toString('hex')}`;
  const given = { nodes, observers, chainId, timeMs: Date.now() };
  const genesis = devnetGenesis(parameters === undefined ? given : { ...given, parameters });
  await replaceFile(home.genesis, `${JSON.stringify(genesis, null, 2)}\n`);
  return { genesis, isNew: true };
}

function keptGenesis(home: DevnetHome, text: string, options: DevnetOptions): Genesis {
  const advice = `choose another directory, or delete it: triflow devnet down --purge`;
  let parsed: ReturnType<typeof parseGenesis>;
  try {
    parsed = parseGenesis(JSON.parse(text));
  } catch (cause) {
    throw new CodedError('GENESIS_INVALID', `${home.genesis} is not JSON: ${advice}`, { cause });
  }
  if (!parsed.ok) {
    throw new CodedError('GENESIS_INVALID', `${home.genesis}: ${parsed.fault.message}: ${advice}`);
  }
  const { validators, observers, chainId } = parsed.value;
  const kept = [validators.length, observers.length] as const;
  const asked = [options.nodes ?? kept[0], options.observers ?? kept[1]] as const;
  if (kept[0] !== asked[0] || kept[1] !== asked[1]) {
    const size = kept[1] === 0 ? `${kept[0]} nodes` : `${kept[0]} nodes and ${kept[1]} observers`;
    throw new CodedError('CONFIG_INVALID', `the state in ${home.dir} is of ${size}: ${advice}`);
  }
  if (options.chainId !== undefined && options.chainId !== chainId) {
    throw new CodedError('CONFIG_INVALID', `the state in ${home.dir} is of ${chainId}: ${advice}`);
  }
  return parsed.value;
}

interface StartNodes {
  readonly home: DevnetHome;
  readonly lock: DevnetLock;
  readonly genesis: Genesis;
  readonly options: DevnetOptions;
}

/** A port may be taken between looking and listening: then the next block is tried. */
async function startNodes(start: StartNodes): Promise<RunningDevnet> {
  let base = start.options.portBase ?? 0;
  for (let attempt = 1; ; attempt += 1) {
    const ports = await claimPortBlock(devnetNodeIds(start.genesis).length, base);
    let devnet: RunningDevnet | undefined;
    try {
      devnet = await joinNodes(start, ports);
      const { late = [] } = start.options;
      const punctual = devnet.nodes.filter(({ index }) => !late.includes(index));
      await Promise.all(punctual.map((node) => node.start()));
      devnet.attach({ stop: () => ports.release() });
      return devnet;
    } catch (error) {
      await devnet?.stopNodes();
      await ports.release();
      if (!isCodedError(error, 'PORT_IN_USE') || attempt >= PORT_ATTEMPTS) throw error;
      if (base !== 0) base = ports.base + 1;
    }
  }
}

async function joinNodes(start: StartNodes, ports: PortBlock): Promise<RunningDevnet> {
  const { home, lock, genesis, options } = start;
  const inproc = options.transport === 'inproc';
  const storage = inproc ? 'memory' : (options.storage ?? 'kept');
  // Nodes report changes from their first moment on, which is before the devnet exists.
  let changed = (): void => undefined;
  const onChange = (): void => changed();
  const shared = { genesis, ports, onChange };
  const transport: Transport = inproc
    ? createInprocTransport({ ...shared, logger: silentLogger })
    : await createProcessTransport({
        ...shared,
        home,
        aheadMs: await readAhead(home),
        nodeIds: devnetNodeIds(genesis),
        validators: genesis.validators.length,
        storage,
        logLevel: options.logLevel ?? 'info',
        direct: options.direct ?? false,
        execArgv: options.execArgv ?? [],
      });
  await lock.describe({ portBase: ports.base });
  const { onFailure } = options;
  const devnet = new RunningDevnet({
    home,
    lock,
    genesis,
    transport,
    storage,
    aheadMs: await readAhead(home),
    base: ports.base,
    ...(onFailure === undefined ? {} : { onFailure }),
  });
  changed = () => devnet.changed();
  return devnet;
}

/** How far an earlier start of this network moved its clock. */
async function readAhead({ clock }: DevnetHome): Promise<number> {
  const text = (await readIfThere(clock)) ?? '0';
  return /^[0-9]{1,15}$/.test(text) ? Number(text) : 0;
}

const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

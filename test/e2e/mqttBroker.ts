import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { startBroker } from '@triflow/devnet';

const MOSQUITTO = ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto', '/usr/bin/mosquitto'];

/** A broker that can be stopped and started again at its port. */
export interface RestartableBroker {
  readonly name: 'mosquitto' | 'embedded';
  readonly url: string;
  stop(): Promise<void>;
  start(): Promise<void>;
}

/** Mosquitto where it is installed, else the broker of the devnet. */
export async function startTestBroker(folder: string): Promise<RestartableBroker> {
  const port = await freePort();
  const program = MOSQUITTO.find((path) => existsSync(path));
  return program === undefined ? embedded(port) : mosquitto(program, port, folder);
}

async function mosquitto(
  program: string,
  port: number,
  folder: string,
): Promise<RestartableBroker> {
  await mkdir(folder, { recursive: true });
  const config = join(folder, 'mosquitto.conf');
  const lines = [
    `listener ${port} 127.0.0.1`,
    'allow_anonymous true',
    'persistence true',
    `persistence_location ${folder}/`,
    'user root',
    'max_queued_messages 0',
  ];
  await writeFile(config, `${lines.join('\n')}\n`);
  let child: ChildProcess | undefined;
  const start = async (): Promise<void> => {
    child = spawn(program, ['-c', config], { stdio: ['ignore', 'ignore', 'pipe'] });
    await new Promise<void>((resolve, reject) => {
      child?.once('exit', () => reject(new TypeError('mosquitto ended')));
      child?.stderr?.on('data', (bytes) => {
        if (String(bytes).includes('running')) resolve();
      });
    });
    child.removeAllListeners('exit');
  };
  const stop = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  };
  await start();
  return { name: 'mosquitto', url: `mqtt://127.0.0.1:${port}`, start, stop };
}

async function embedded(port: number): Promise<RestartableBroker> {
  let broker = await startBroker(port);
  return {
    name: 'embedded',
    url: broker.url,
    stop: () => broker.stop(),
    async start() {
      broker = await startBroker(port);
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

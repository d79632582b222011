import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { CodedError } from '@triflow/protocol';
import { Aedes } from 'aedes';

export interface Broker {
  readonly url: string;
  /** Waits until a client of that name has subscribed. */
  untilSubscribed(clientId: string): Promise<void>;
  /** Hands a message to whoever listens to its topic, at least once. */
  publish(topic: string, text: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * An MQTT 3.1.1 broker inside this process, for devices of a devnet. It forgets everything when
 * it stops: a consortium runs a broker of its own. Throws PORT_IN_USE.
 */
export async function startBroker(port = 0): Promise<Broker> {
  const aedes = await Aedes.createBroker();
  const subscribed = new Set<string>();
  aedes.on('subscribe', (_subscriptions, { id }) => subscribed.add(id));
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    aedes.handle(socket);
  });
  server.listen(port, '127.0.0.1');
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new CodedError('PORT_IN_USE', `127.0.0.1:${port} is taken`, { cause });
  }
  const address = server.address();
  const taken = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `mqtt://127.0.0.1:${taken}`,
    async untilSubscribed(clientId) {
      while (!subscribed.has(clientId)) await once(aedes, 'subscribe');
    },
    publish(topic, text) {
      const payload = Buffer.from(text);
      const packet = { cmd: 'publish', qos: 1, dup: false, retain: false, topic, payload } as const;
      return new Promise((resolve, reject) => {
        aedes.publish(packet, (error) => (error instanceof Error ? reject(error) : resolve()));
      });
    },
    async stop() {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => {
        aedes.close(() => resolve());
      });
      await closed;
    },
  };
}

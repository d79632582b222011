import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { CodedError } from '@triflow/protocol';
import { Aedes } from 'aedes';

export interface Broker {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * An MQTT 3.1.1 broker inside this process, for devices of a devnet. It forgets everything when
 * it stops: a consortium runs a broker of its own. Throws PORT_IN_USE.
 */
export async function startBroker(port = 0): Promise<Broker> {
  const aedes = await Aedes.createBroker();
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

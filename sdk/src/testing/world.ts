import { demoSeed } from '@triflow/crypto';
import { accountFromSeed } from '../accounts/account.js';
import { type Client, type ClientOptions, createClient } from '../createClient.js';
import { http } from '../transports/http.js';
import { BANK, FakeChain, START_MS } from './fakeChain.js';
import { createFakeNode, type FakeNode, fakeFetch } from './fakeNode.js';
import { createManualClock, type ManualClock } from './manualClock.js';

export interface World {
  readonly chain: FakeChain;
  readonly nodes: readonly [FakeNode, FakeNode];
  readonly clock: ManualClock;
  readonly client: Client;
  /** A client over both nodes with options of its own. */
  readonly connect: (options?: Partial<ClientOptions>) => Client;
}

export const NODE_URLS = ['http://n1.test', 'http://n2.test'] as const;

/** A chain, two nodes that show it, a clock that stands still, and a bank's client. */
export function createWorld(chain = new FakeChain()): World {
  const clock = createManualClock(START_MS + 1_000);
  const nodes = [createFakeNode(chain), createFakeNode(chain)] as const;
  const [first, second] = nodes;
  const fetch = fakeFetch({ [NODE_URLS[0]]: first, [NODE_URLS[1]]: second });
  const seed = demoSeed('bank-yangtze');
  const connect = (options: Partial<ClientOptions> = {}): Client => {
    return createClient({
      transport: http(NODE_URLS, { fetch }),
      trust: { genesis: chain.genesis },
      account: accountFromSeed({ party: BANK, keyId: 'k1', seed }),
      environment: clock,
      login: 'never',
      ...options,
    });
  };
  return { chain, nodes, clock, client: connect(), connect };
}

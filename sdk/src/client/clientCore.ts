import type { Account } from '../accounts/account.js';
import type { Environment } from '../environment.js';
import type { Transport } from '../transports/transport.js';
import type { TrustedChain } from './trustedChain.js';

/** What every action works with; `createClient` binds actions to one. */
export interface ClientCore {
  readonly transport: Transport;
  readonly environment: Environment;
  readonly chain: TrustedChain;
  readonly account: Account | undefined;
  readonly verify: 'always' | 'never';
  readonly timeoutMs: number;
  readonly seen: SeenHeights;
}

/** The newest heights that this client has met; one client never reads backwards. */
export interface SeenHeights {
  /** Of the newest read or outcome. */
  read: number;
  /** The head for new transactions, and when it was learnt. */
  head: { readonly height: number; readonly atMs: number } | undefined;
}

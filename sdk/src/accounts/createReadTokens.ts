import { createLogin } from '../client/login.js';
import { underDeadline } from '../deadline.js';
import { systemEnvironment } from '../environment.js';
import { http } from '../transports/http.js';
import type { Account } from './account.js';

const LOGIN_MS = 10_000;

/** The bearer tokens with which an account's party reads, one a node. */
export interface ReadTokens {
  /** Logs in where needed; undefined at a node that reads openly or has no login for the key. */
  tokenFor(node: string): Promise<string | undefined>;
  /** A token that the node no longer takes. */
  forget(node: string, token: string): void;
}

/**
 * For a program that passes requests on and asks nodes by itself; a client logs in by itself.
 * `CHAIN_MISMATCH` when a node wants a login to another chain.
 */
export function createReadTokens(account: Account, chainId?: string): ReadTokens {
  const environment = systemEnvironment;
  const chain = chainId === undefined ? {} : { chainId };
  const login = createLogin({ account, nowMs: environment.nowMs, chain: () => chain });
  return {
    tokenFor: async (node) => {
      const transport = http(node);
      return login?.tokenFor(node, (request) => {
        return underDeadline(
          environment,
          { signal: undefined, timeoutMs: LOGIN_MS },
          (deadline) => {
            return transport.request(request, { environment, deadline, chain });
          },
        );
      });
    },
    forget: (node, token) => login?.forget(node, token),
  };
}

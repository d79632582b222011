import type { EventQuery } from '@triflow/epcis';
import { isJsonObject, type Logger, parseJson } from '@triflow/protocol';
import type { AccessService } from '../access/accessService.js';
import type { NodeBackend } from '../backend.js';
import type { CommitSignal } from '../commitSignal.js';
import { createEventViews } from './eventView.js';
import { bodyParameters, prefixesOfContext, queryOf } from './queryParameters.js';
import { type QueryFile, SavedQueries, type SavedQuery } from './savedQueries.js';
import { Subscriptions } from './subscriptions.js';

/** What a node gives the EPCIS interface beside its backend. */
export interface EpcisOptions {
  /** Keeps named queries and subscriptions; without it they end with the process. */
  readonly file?: QueryFile;
  /** Origins that reports may be sent to; on a devnet this machine's own addresses, too. */
  readonly webhookOrigins?: readonly string[];
}

export interface EpcisParts {
  readonly backend: NodeBackend;
  readonly access: AccessService;
  readonly commits: CommitSignal;
  readonly logger: Logger;
}

/** What the handlers of the EPCIS interface work with. */
export interface EpcisService extends EpcisParts {
  readonly views: ReturnType<typeof createEventViews>;
  readonly saved: SavedQueries;
  readonly subscriptions: Subscriptions;
  readonly webhooks: { readonly origins: readonly string[]; readonly loopback: boolean };
  /** Tokens that a client has ended; the oldest are forgotten. */
  readonly endedTokens: Set<string>;
  readonly nowMs: () => number;
  queryOfName(name: string): EventQuery | undefined;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Makes the EPCIS interface of a server; nothing is read or sent before `start`. */
export function createEpcisService(parts: EpcisParts, options: EpcisOptions = {}): EpcisService {
  const { backend, access, logger } = parts;
  const views = createEventViews(backend);
  const saved = new SavedQueries(options.file);
  const nowMs = (): number => Date.now();
  const queryOfName = (name: string): EventQuery | undefined => {
    const found = saved.queries.get(name);
    return found === undefined ? undefined : readSavedQuery(found).query;
  };
  const shared = { backend, access, views, saved, logger, queryOfName, nowMs };
  const subscriptions = new Subscriptions(shared);
  const { webhookOrigins: origins = [] } = options;
  return {
    ...parts,
    ...shared,
    subscriptions,
    webhooks: { origins, loopback: backend.info().devnet },
    endedTokens: new Set(),
    async start() {
      await saved.load();
      subscriptions.start();
    },
    stop: () => subscriptions.stop(),
  };
}

/** A saved query as it is understood, with its parameters. */
export function readSavedQuery(saved: SavedQuery): ReturnType<typeof queryOf> {
  const json = parseJson(saved.query);
  const query = json.ok && isJsonObject(json.value) ? json.value : {};
  return queryOf(bodyParameters(query), prefixesOfContext(query['@context']));
}

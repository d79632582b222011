import { CodedError, limits } from '@triflow/protocol';
import { z } from 'zod';

const partySchema = z.string().optional();

const savedQuerySchema = z.object({
  name: z.string(),
  createdAt: z.number(),
  owner: partySchema,
  /** The query's own JSON text, @context included. */
  query: z.string(),
});

const subscriptionSchema = z.object({
  subscriptionID: z.string(),
  queryName: z.string(),
  createdAt: z.number(),
  owner: partySchema,
  dest: z.string(),
  signatureToken: z.string().optional(),
  stream: z.boolean(),
  schedule: z.record(z.string(), z.string()).optional(),
  reportIfEmpty: z.boolean(),
  initialRecordTime: z.string().optional(),
  /** Everything up to here has been reported. */
  position: z.string(),
  lastReportedAt: z.number().optional(),
});

const fileSchema = z.object({
  version: z.literal(1),
  queries: z.array(savedQuerySchema).max(limits.epcisNamedQueriesMax),
  subscriptions: z.array(subscriptionSchema).max(limits.epcisSubscriptionsMax),
});

export type SavedQuery = z.infer<typeof savedQuerySchema>;
export type Subscription = z.infer<typeof subscriptionSchema>;

/** Where a node keeps its named queries and subscriptions across restarts: one text. */
export interface QueryFile {
  load(): Promise<string | undefined>;
  /** Durable once it resolves; replaces the whole text. */
  save(text: string): Promise<void>;
}

/** The named queries and subscriptions of a node. */
export class SavedQueries {
  readonly queries = new Map<string, SavedQuery>();
  readonly subscriptions = new Map<string, Subscription>();
  readonly #file: QueryFile | undefined;
  #saving: Promise<void> = Promise.resolve();

  constructor(file: QueryFile | undefined) {
    this.#file = file;
  }

  /** Reads what the last run kept. Throws STORE_CORRUPT when it cannot be read. */
  async load(): Promise<void> {
    const text = await this.#file?.load();
    if (text === undefined) return;
    const parsed = fileSchema.safeParse(jsonOf(text));
    if (!parsed.success) throw new CodedError('STORE_CORRUPT', 'the file of EPCIS queries is none');
    for (const query of parsed.data.queries) this.queries.set(query.name, query);
    for (const one of parsed.data.subscriptions) this.subscriptions.set(one.subscriptionID, one);
  }

  /** Keeps everything as it is now; saves follow one another. */
  save(): Promise<void> {
    const next = this.#saving.then(() => {
      return this.#file?.save(
        JSON.stringify({
          version: 1,
          queries: [...this.queries.values()],
          subscriptions: [...this.subscriptions.values()],
        }),
      );
    });
    this.#saving = next.catch(() => undefined);
    return next;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

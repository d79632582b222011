import { Agent, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { TRANSACTION_BATCH_MEDIA_TYPE, TRANSACTION_MEDIA_TYPE } from '@triflow/api/routes';
import { CodedError, encodeGossip, type Hash, textFromTxId } from '@triflow/protocol';
import { z } from 'zod';
import type { Batch } from './signing.js';

const WAIT_SECONDS = 60;
const HTTP_REFUSED = 300;
const HTTP_BUSY = 503;
const BUSY_PAUSE_MS = 1_000;
const BUSY_ASKED_MAX = 60;

const batchSchema = z.object({
  results: z.array(z.object({ status: z.string(), detail: z.string().optional() })),
});
const outcomeSchema = z.object({ outcome: z.string(), height: z.number().optional() });
const infoSchema = z.object({ height: z.number() });

/** What a node has counted since it started. */
export interface NodeCounts {
  readonly height: number;
  readonly committed: number;
  readonly rejected: number;
}

interface SentBody {
  readonly body: Uint8Array;
  readonly type: string;
}

/** The few requests that load needs, over kept connections, as cheap as HTTP can be here. */
export class NodeClient {
  readonly #url: string;
  readonly #opsUrl: string;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(url: string, opsUrl: string) {
    this.#url = url;
    this.#opsUrl = opsUrl;
  }

  /** Sends a batch. Throws REQUEST_INVALID with the node's word unless it takes everything. */
  async submitBatch(batch: Batch): Promise<void> {
    const body = encodeGossip(batch.map(({ bytes }) => bytes));
    const url = `${this.#url}/v1/transactions/batch`;
    const answer = await this.#call(url, { body, type: TRANSACTION_BATCH_MEDIA_TYPE });
    const { results } = batchSchema.parse(JSON.parse(answer));
    const refused = results.find(({ status }) => status !== 'accepted');
    if (refused !== undefined) {
      throw new CodedError('REQUEST_INVALID', `${refused.status}: ${refused.detail ?? ''}`);
    }
  }

  /** Sends one transaction and waits until it is final; says how it ended. */
  async submitAndWait(bytes: Uint8Array): Promise<string> {
    const url = `${this.#url}/v1/transactions?wait=${WAIT_SECONDS}`;
    const answer = await this.#call(url, { body: bytes, type: TRANSACTION_MEDIA_TYPE });
    return outcomeSchema.parse(JSON.parse(answer)).outcome;
  }

  /** Waits until a transaction is final; says how it ended. */
  async waitOutcome(txId: Hash): Promise<string> {
    const url = `${this.#url}/v1/transactions/${textFromTxId(txId)}?wait=${WAIT_SECONDS}`;
    return outcomeSchema.parse(JSON.parse(await this.#call(url))).outcome;
  }

  async height(): Promise<number> {
    return infoSchema.parse(JSON.parse(await this.#call(`${this.#url}/v1/info`))).height;
  }

  async counts(): Promise<NodeCounts> {
    const text = await this.#call(`${this.#opsUrl}/metrics`);
    return {
      height: metricOf(text, 'triflow_consensus_height'),
      committed: metricOf(text, 'triflow_tx_total', 'outcome="committed"'),
      rejected: metricOf(text, 'triflow_tx_total', 'outcome="rejected"'),
    };
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Asks; a node that is too busy now is asked again, as it wants. */
  async #call(url: string, sent?: SentBody): Promise<string> {
    for (let attempt = 1; ; attempt += 1) {
      const { status, text } = await this.#ask(url, sent);
      if (status < HTTP_REFUSED) return text;
      if (status !== HTTP_BUSY || attempt === BUSY_ASKED_MAX) {
        throw new CodedError('REQUEST_INVALID', `${url}: ${status} ${text}`);
      }
      await setTimeout(BUSY_PAUSE_MS);
    }
  }

  #ask(url: string, sent?: SentBody): Promise<{ readonly status: number; readonly text: string }> {
    const headers =
      sent === undefined ? {} : { 'content-type': sent.type, 'content-length': sent.body.length };
    const method = sent === undefined ? 'GET' : 'POST';
    return new Promise((resolve, reject) => {
      const call = request(url, { method, headers, agent: this.#agent }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: answer.statusCode ?? 0, text });
        });
      });
      call.on('error', reject);
      call.end(sent?.body);
    });
  }
}

/** Sum of a metric's samples with a label. Throws INTERNAL when the node has no such metric. */
function metricOf(text: string, name: string, label = ''): number {
  const rows = text.split('\n');
  if (!rows.some((row) => row.startsWith(`# TYPE ${name} `))) {
    throw new CodedError('INTERNAL', `bench: the nodes have no metric ${name}`);
  }
  return rows
    .filter((row) => row.startsWith(`${name} `) || row.startsWith(`${name}{`))
    .filter((row) => row.includes(label))
    .reduce((sum, row) => sum + Number(row.slice(row.lastIndexOf(' ') + 1)), 0);
}

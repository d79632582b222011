import type { Account } from './accounts/account.js';
import { type CommandInput, transact } from './actions/action.js';
import { alertActions } from './actions/alerts/alertActions.js';
import { animalActions } from './actions/animals/animalActions.js';
import { bindActions } from './actions/bindActions.js';
import { bindContracts } from './actions/contractActions.js';
import { deliveryActions } from './actions/deliveries/deliveryActions.js';
import { deviceActions } from './actions/devices/deviceActions.js';
import { governanceActions } from './actions/governance/governanceActions.js';
import { invoiceActions } from './actions/invoices/invoiceActions.js';
import { itemActions } from './actions/items/itemActions.js';
import { lienActions } from './actions/liens/lienActions.js';
import { lotActions } from './actions/lots/lotActions.js';
import { orderActions } from './actions/orders/orderActions.js';
import { partyActions } from './actions/parties/partyActions.js';
import { paymentActions } from './actions/payments/paymentActions.js';
import { obligationActions, proofActions } from './actions/payments/recordActions.js';
import { pledgeActions } from './actions/pledges/pledgeActions.js';
import { priceActions } from './actions/prices/priceActions.js';
import { receiptActions } from './actions/receipts/receiptActions.js';
import { receivableActions } from './actions/receivables/receivableActions.js';
import { ruleActions } from './actions/rules/ruleActions.js';
import { readTrace } from './actions/traces/readTrace.js';
import { traceActions } from './actions/traces/traceActions.js';
import type { ClientCore } from './client/clientCore.js';
import { createLogin } from './client/login.js';
import { chainHead, nodeInfo, runQuery } from './client/nodeQueries.js';
import { proveBlock } from './client/proveBlock.js';
import { proveRecord } from './client/proveRecord.js';
import { proveTransaction } from './client/proveTransaction.js';
import { readHeaders } from './client/readHeaders.js';
import { readState } from './client/readState.js';
import { createTrustedChain } from './client/trustedChain.js';
import { type Environment, systemEnvironment } from './environment.js';
import { TriflowError } from './errors/triflowError.js';
import { followEvents } from './events/followEvents.js';
import { createEvidence } from './evidence/createEvidence.js';
import { explain } from './evidence/explain.js';
import type { PreparedTransaction } from './transactions/preparedTransaction.js';
import { prepareTransaction } from './transactions/prepareTransaction.js';
import { sendBatch } from './transactions/sendBatch.js';
import { type BuildOptions, transactionFromBytes } from './transactions/signedTransaction.js';
import { readingAs, type Transport } from './transports/transport.js';
import type { Trust } from './verify/trustAnchor.js';

const TIMEOUT_MS = 15_000;

export interface ClientOptions {
  /** Where the nodes are: `http([...])`. */
  readonly transport: Transport;
  /** What this client believes without proof; everything else is checked against it. */
  readonly trust: Trust;
  /** The chain meant, if it should be compared with what is trusted. */
  readonly chainId?: string;
  /** Signs transactions; without one the client only reads. */
  readonly account?: Account;
  /** `never` takes the nodes' word for everything and has to be asked for. */
  readonly verify?: 'always' | 'never';
  /**
   * Reads as the account's party, by signing each node's challenge when it is first needed; `never`
   * reads as anyone. A token that an operator gave goes into the transport's headers instead.
   */
  readonly login?: 'auto' | 'never';
  /** For each call that does not name its own. */
  readonly timeoutMs?: number;
  /** Clock, timers and randomness; the machine's unless a test says otherwise. */
  readonly environment?: Environment;
}

const core = Symbol('core');

/** What a bank or an application holds: actions, reads, events and evidence of one chain. */
export type Client = ReturnType<typeof createClient>;

/**
 * Makes a client. It opens nothing until it is used. `GENESIS_INVALID` when the trust given is no
 * genesis or no validator set, `CHAIN_MISMATCH` when that is of another chain than `chainId`.
 */
export function createClient(options: ClientOptions) {
  const made = coreOf(options);
  return {
    [core]: made,
    parties: bindActions(made, partyActions),
    orders: bindActions(made, orderActions),
    deliveries: bindActions(made, deliveryActions),
    invoices: bindActions(made, invoiceActions),
    lots: bindActions(made, lotActions),
    receipts: bindActions(made, receiptActions),
    receivables: bindActions(made, receivableActions),
    liens: bindActions(made, lienActions),
    pledges: bindActions(made, pledgeActions),
    prices: bindActions(made, priceActions),
    alerts: bindActions(made, alertActions),
    devices: bindActions(made, deviceActions),
    rules: bindActions(made, ruleActions),
    payments: bindActions(made, paymentActions),
    proofs: bindActions(made, proofActions),
    obligations: bindActions(made, obligationActions),
    traces: bindActions(made, traceActions),
    animals: bindActions(made, animalActions),
    items: bindActions(made, itemActions),
    proposals: bindActions(made, governanceActions),
    /** Every command of every contract, by the contract's name. */
    contracts: bindContracts(made),
    events: bindActions(made, { follow: followEvents }),
    evidence: bindActions(made, { create: createEvidence, explain }),
    ...bindActions(made, { trace: readTrace }),
    ...bindActions(made, { head: chainHead, info: nodeInfo, query: runQuery, state: readState }),
    ...bindActions(made, { record: proveRecord, block: proveBlock, outcome: proveTransaction }),
    ...bindActions(made, { headers: readHeaders }),
    /** Signs one transaction of one or more commands: all take effect or none. */
    transaction: (commands: CommandInput | readonly CommandInput[], build?: BuildOptions) => {
      return transact(made, commands, build);
    },
    /** Takes up signed bytes that were kept: sent again, they are the same request. */
    resume: (bytes: Uint8Array): PreparedTransaction => {
      return prepareTransaction(made, transactionFromBytes(made, bytes));
    },
    ...bindActions(made, { sendBatch }),
  };
}

/** What free functions take in place of a bound client. */
export function coreOfClient(client: Client): ClientCore {
  return client[core];
}

function coreOf(options: ClientOptions): ClientCore {
  const { trust, chainId, account, verify = 'always', timeoutMs = TIMEOUT_MS } = options;
  const environment = options.environment ?? systemEnvironment;
  const chain = createTrustedChain({ transport: options.transport, environment }, trust);
  const login =
    account === undefined || options.login === 'never'
      ? undefined
      : createLogin({ account, nowMs: environment.nowMs, chain: () => chain.expected() });
  const transport = readingAs(options.transport, login);
  const found = chain.expected().chainId;
  if (chainId !== undefined && found !== undefined && found !== chainId) {
    throw new TriflowError('CHAIN_MISMATCH', `trusted is chain ${found}, meant is ${chainId}`);
  }
  const seen = { read: 0, head: undefined };
  return { transport, environment, chain, account, verify, timeoutMs, seen };
}

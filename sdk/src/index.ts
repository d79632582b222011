export { type ReadingKind, readingKinds } from '@triflow/contracts/schemas';
export { isPartyId, objectKinds } from '@triflow/protocol';
export {
  type Account,
  accountFromSeed,
  accountFromSigner,
  type LoginRequest,
  type SigningRequest,
} from './accounts/account.js';
export { createReadTokens, type ReadTokens } from './accounts/createReadTokens.js';
export {
  type Action,
  type CommandInput,
  type CommandName,
  checkCommand,
  command,
} from './actions/action.js';
export type { ReceiptLiens } from './actions/liens/readLiens.js';
export type { Condition, Listed, ListOptions } from './actions/objects.js';
export type { PendingParameters } from './actions/pendings.js';
export type { Trace, TracedNode, TraceOptions } from './actions/traces/readTrace.js';
export { type RecordableEvent, recordableEvent } from './actions/traces/recordableEvent.js';
export { askRoute } from './client/askRoute.js';
export type { NodeCall } from './client/callNode.js';
export type { ClientCore } from './client/clientCore.js';
export { type CrossChecked, type CrossCheckOptions, crossCheck } from './client/crossCheck.js';
export type { QueryOptions } from './client/nodeQueries.js';
export type { ProvedBlock } from './client/proveBlock.js';
export type { ProvedRecord } from './client/proveRecord.js';
export type { ProvedTransactionFacts } from './client/proveTransaction.js';
export type { HeaderFacts } from './client/readHeaders.js';
export type { ReadOptions, StateAt } from './client/readState.js';
export type { ReadResult, Verified } from './client/verified.js';
export { type Client, type ClientOptions, coreOfClient, createClient } from './createClient.js';
export type { CallOptions } from './deadline.js';
export type { Environment } from './environment.js';
export {
  isTriflowError,
  type Phase,
  TriflowError,
  type TriflowErrorOptions,
} from './errors/triflowError.js';
export { type CheckpointStore, memoryCheckpoints } from './events/checkpoints.js';
export type { FollowedEvent, FollowOptions } from './events/followEvents.js';
export type { EvidenceAnswer, EvidenceOptions } from './evidence/createEvidence.js';
export {
  batchKey,
  proveReading,
  type ReadingProof,
  readingProofSchema,
  readingsRoot,
  verifyReading,
} from './readings/readingProof.js';
export {
  areSignedBy,
  readingsSignBytes,
  readSignedReadings,
  type SignedReadings,
  signReadings,
} from './readings/signedReadings.js';
export type { Committed, Expired, Outcome, Rejected } from './transactions/outcome.js';
export type { PreparedTransaction } from './transactions/preparedTransaction.js';
export type { BuildOptions } from './transactions/signedTransaction.js';
export { type HttpOptions, http } from './transports/http.js';
export type {
  NodeAnswer,
  NodeRequest,
  NodeStream,
  RequestContext,
  Transport,
} from './transports/transport.js';
export type { EvidenceExplanation } from './verify/explainEvidence.js';
export type { PinnedTrust, Trust } from './verify/trustAnchor.js';

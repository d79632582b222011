import { assert } from './assert.js';

const KIB = 1024;
const MIB = 1024 * KIB;

/** Every maximum of the ledger, in one place. Bytes, counts and milliseconds, as named. */
export const limits = {
  cborDepthMax: 24,
  jsonDepthMax: 48,
  numeralExponentMax: 99,
  epcisFaultsMax: 100,
  preHashTextMax: 1 * MIB,
  contextTextMax: 16 * KIB,
  contextPrefixesMax: 256,
  eventsPerDocumentMax: 4_096,

  transactionBytesMax: 256 * KIB,
  commandsPerTransactionMax: 256,
  eventsPerTransactionMax: 1_024,
  callDepthMax: 4,
  callsPerCommandMax: 64,
  readsPerCommandMax: 4_096,
  writesPerCommandMax: 1_024,
  idTextMax: 64,
  partyIdTextMax: 64,
  nameTextMax: 256,
  noteTextMax: 2_048,
  stateKeyBytesMax: 256,
  stateValueBytesMax: 64 * KIB,
  eventDocumentBytesMax: 64 * KIB,

  validatorsMax: 64,
  validatorSetsInForceMax: 3,
  validatorSetsKeptMax: 1_024,
  readinessAgeMax: 100,
  laterParametersMax: 16,
  governorsMax: 64,
  parameterTextMax: 2 * KIB,
  parameterListMax: 4_096,
  observersMax: 64,
  blockBytesMax: 4 * MIB,
  blockBytesCeiling: 16 * MIB,
  blockTransactionsMax: 10_000,
  evidencePerBlockMax: 16,
  transactionWindowMax: 4_096,

  voteMessageBytesMax: 512 + 64,
  certificateBytesMax: 256 + 64 * (64 + 16 + 48),
  proposalBytesMax: 1 * KIB + 256 + 64 * (64 + 16 + 48),
  bodyEnvelopeBytesMax: 64 * KIB,
  requestBytesMax: 1 * KIB,
  syncBlocksMax: 16,
  syncBytesMax: 8 * MIB,
  gossipBatchBytesMax: 512 * KIB,

  peerConsensusQueueBytesMax: 40 * MIB,
  peerGossipQueueBytesMax: 8 * MIB,
  peerSmallMessageBytesMax: 64 * KIB,
  peerSmallQueueBytesMax: 4 * MIB,
  peerRequestsMax: 8,
  peerResponseBytesMax: 17 * MIB,
  peerConnectionsMax: 4,
  peerAddressesMax: 8,
  pendingConnectionsMax: 64,
  connectionWriteBytesMax: 32 * MIB,

  keptRounds: 16,
  futureRounds: 4,
  proposalsPerRound: 2,
  bodiesInMemoryMax: 4,
  earlyInputsMax: 1_024,
  roundMax: 2 ** 31 - 1,

  mempoolTransactionsMax: 50_000,
  mempoolBytesMax: 128 * MIB,
  mempoolPerPartyShareBps: 5_000,
  mempoolSkipsMax: 256,

  keyCacheMax: 8_192,
  merkleLeavesMax: 2 ** 30,
  stateProofBytesMax: 512 * KIB,
  keystoreCostMax: 2 ** 18,
  passwordTextMax: 1_024,

  liensPerAssetMax: 32,
  floatingDescriptionsMax: 16,
  liensRankedMax: 512,
  itemsPerFacilityMax: 256,
  defaultEventsPerFacilityMax: 16,
  facilityRateBpsMax: 10_000,
  facilityLimitMinorMax: 10 ** 15,
  facilityItemsBytesMax: 58 * KIB,
  assetsPerSaleMax: 8,
  noticesPerEnforcementMax: 64,
  linesPerDistributionMax: 400,
  splitChildrenMax: 64,
  claimTiersMax: 16,
  invoicesPerClaimMax: 16,
  grantsPerCreditLineMax: 32,
  lineagePartsPerReceiptMax: 16,
  claimsPerLineagePartMax: 8,
  openReceiptsPerLotMax: 1_000,
  receiptsPerListPart: 64,
  linesPerOrderMax: 100,
  financedLinesPerOrderMax: 16,
  salesKeptPerPartyMax: 64,
  tradeSearchStepsMax: 8,
  tradeSearchNodesMax: 256,
  oraclesPerFeedMax: 15,
  keysPerPartyMax: 16,
  rolesPerPartyMax: 24,
  affiliationsPerPartyMax: 128,
  licencesPerPartyMax: 16,
  ordersPerInvoiceMax: 16,
  similarInvoicesKeptMax: 16,
  allocationsPerProofMax: 64,
  paymentsPerObligationMax: 64,
  formerCreditorsMax: 24,
  usesPerProofMax: 16,
  declaredPayersMax: 8,
  openObligationsPerPairMax: 256,
  lotsPerEventMax: 64,
  epcsIndexedPerEventMax: 256,
  eventBodyChunkBytes: 32 * KIB,
  lotEventsListedMax: 64,
  indexTextMax: 256,
  partiesPerEventMax: 64,
  eventHashesPerDeliveryMax: 32,
  arrivalsPerLineMax: 64,
  slotsPerLotMax: 64,
  deviceSequenceMax: 2 ** 53 - 2,
  readingValueMax: 10 ** 12,
  readingsPerBatchMax: 256,
  readingsPerAnchorMax: 2 ** 20,
  alertsPerBatchMax: 64,
  kindsPerDeviceMax: 8,
  bindingsPerAssetMax: 16,
  coversPerAssetMax: 32,
  spansKeptMax: 128,
  ruleCountMax: 1_000,
  fencePointsMax: 64,
  rulesPerSelectorMax: 16,
  alertRefsMax: 16,
  criticalAlertsListedMax: 32,
  pendingMs: 72 * 3_600_000,

  httpBodyBytesMax: 1 * MIB,
  listPageMax: 500,
  listPageDefault: 50,
  headersPageMax: 100,
  waitMsMax: 60_000,
  sseClientsMax: 256,
  batchTransactionsMax: 512,
  stateKeysPerProofMax: 64,
  listCursorTextMax: 1_024,
  listScanMax: 5_000,
  eventTypesTextMax: 1_024,
  httpConnectionsMax: 2_048,
  httpRequestMs: 30_000,
  sseStallMs: 60_000,
  proofHeightsKept: 10_000,
  visibilityNodesMax: 256,
  visibilityStepsMax: 8,
  viewsLookedAtMax: 16,
  sessionsMax: 4_096,
  sessionMs: 3_600_000,
  loginChallengeMs: 60_000,
  accessLogSubjectsMax: 256,
  accessLogPageMax: 200,
  readTokensMax: 1_024,
  httpRequestsPerMinute: 60_000,
  httpLoginsPerMinute: 120,
  freeDiskBytesMin: 128 * MIB,

  stateCacheBytesMax: 64 * MIB,
  bucketCacheBytesMax: 48 * MIB,
  storeListMax: 10_000,
  startCheckHeightsMax: 8_192,
  logRecordBytesMax: 17 * MIB,
  logBytesMax: 1_024 * MIB,
  logBufferBytesMax: 1 * MIB,
  candidateBodiesMax: 16 + 3,

  answerBytesMax: 48 * MIB,
  verifiedHeadersKept: 256,
  validatorStepsMax: 256,
  evidenceFileBytesMax: 16 * MIB,
  evidenceItemsMax: 64,
  evidenceHeaderBytesMax: 1 * KIB,
  eventStreamLineMax: 1 * MIB,

  devnetRequestBytesMax: 4 * KIB,
  devnetHeldChunksMax: 4_096,
} as const;

assert(limits.blockBytesMax <= limits.blockBytesCeiling, 'limits: block default fits the ceiling');
assert(
  limits.transactionBytesMax <= limits.blockBytesMax / 4,
  'limits: a block holds transactions',
);
assert(
  limits.blockBytesMax + limits.bodyEnvelopeBytesMax <= limits.syncBytesMax,
  'limits: a sync answer holds the largest default block',
);
assert(
  2 * limits.rulesPerSelectorMax + limits.kindsPerDeviceMax + 2 <= limits.alertsPerBatchMax,
  'limits: one reading can break every rule that is for it',
);
assert(limits.transactionBytesMax * 2 <= limits.httpBodyBytesMax, 'limits: base64 bodies fit');
assert(limits.eventDocumentBytesMax < limits.transactionBytesMax, 'limits: an event fits');
assert(limits.gossipBatchBytesMax > limits.transactionBytesMax, 'limits: gossip fits one');
assert(
  limits.stateValueBytesMax >= limits.facilityItemsBytesMax + 6 * KIB,
  'limits: a facility record holds its items',
);
assert(
  limits.peerConsensusQueueBytesMax >= 2 * (limits.blockBytesCeiling + limits.bodyEnvelopeBytesMax),
  'limits: a queue to a peer holds two of the largest blocks',
);
assert(
  limits.peerResponseBytesMax >= limits.blockBytesCeiling + limits.bodyEnvelopeBytesMax &&
    limits.peerResponseBytesMax >= limits.syncBytesMax,
  'limits: an answer holds the largest block and the largest run of blocks',
);
assert(
  limits.peerGossipQueueBytesMax >= 2 * limits.gossipBatchBytesMax,
  'limits: a gossip queue holds batches',
);
assert(
  limits.blockBytesCeiling + limits.bodyEnvelopeBytesMax + limits.proposalBytesMax <
    limits.logRecordBytesMax,
  'limits: a log record holds the largest input',
);
assert(
  limits.validatorSetsInForceMax * limits.validatorsMax * 256 + limits.validatorSetsKeptMax * 9 <
    limits.stateValueBytesMax,
  'limits: one record holds the validator sets in force',
);
assert(limits.candidateBodiesMax === limits.keptRounds + 3, 'limits: R-M4 bounds the bodies kept');

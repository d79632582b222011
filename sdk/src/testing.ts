export {
  BANK,
  type CommitOptions,
  type Effect,
  type FakeBlock,
  FakeChain,
  START_MS,
} from './testing/fakeChain.js';
export { fakeLien } from './testing/fakeLien.js';
export {
  createFakeNode,
  type FakeNode,
  fakeFetch,
  type NodeRequestSeen,
  problem,
} from './testing/fakeNode.js';
export { fakeReceipt } from './testing/fakeReceipt.js';
export { createManualClock, type ManualClock } from './testing/manualClock.js';
export { createWorld, NODE_URLS, type World } from './testing/world.js';

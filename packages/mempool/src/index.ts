export { createMempool, type Mempool, type MempoolBounds } from './mempool.js';
export type { TakeOptions } from './order.js';
export type { MempoolEntry } from './partyQueue.js';

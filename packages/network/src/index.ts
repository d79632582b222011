import './polyfill.js';

export * from './createNetwork.js';
export * from './memoryNetwork.js';
export * from './network.js';
export * from './networkLimits.js';
export { peerIdFromSeed } from './peerIdFromSeed.js';

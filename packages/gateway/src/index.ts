export { type GatewayConfig, loadConfig, parseConfig } from './config.js';
export type { GatewayContext, GatewayPart } from './gatewayPart.js';
export { type Gateway, startGateway, startHome } from './startGateway.js';
export { createSubmitQueue, type SubmitOptions, type SubmitQueue } from './submitQueue.js';

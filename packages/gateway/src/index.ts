export { type GatewayConfig, loadConfig, parseConfig } from './config.js';
export { createForwarder, type Forwarder, type ForwarderParts } from './devices/createForwarder.js';
export { createIntake, type Intake, type Refusal } from './devices/takeReadings.js';
export type { GatewayContext, GatewayPart } from './gatewayPart.js';
export { type Gateway, startGateway, startHome } from './startGateway.js';
export { openArchive } from './store/archive.js';
export { openQuarantine } from './store/quarantine.js';
export { openSpool } from './store/spool.js';
export { createSubmitQueue, type SubmitOptions, type SubmitQueue } from './submitQueue.js';

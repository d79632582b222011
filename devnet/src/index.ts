export { type ControlRequest, callControl } from './control.js';
export { DEMO_KEY_ID, type DemoParty, demoParties, demoParty } from './demoParties.js';
export {
  type DeviceFault,
  type DeviceModel,
  deviceModels,
  modelKinds,
  type SimulatedDevice,
  type SimulatedMessage,
  simulateDevice,
} from './devices/simulateDevice.js';
export { type Broker, startBroker } from './devices/startBroker.js';
export type { Devnet, DevnetOptions, DevnetStep, HeightTarget } from './devnet.js';
export {
  type DevnetDescription,
  devnetFileSchema,
  type NodeState,
  readDevnetFile,
} from './devnetFile.js';
export type { DevnetNode, NodeStartOptions } from './devnetNode.js';
export { type DevnetGenesisOptions, devnetGenesis } from './genesis.js';
export { type BlockFacts, readBlock, readHeight } from './nodeReads.js';
export type { Probe } from './probe.js';
export { playScenario, type ScenarioSummary } from './scenario.js';
export { startDevnet } from './startDevnet.js';
export { nodeProgram } from './transports/nodeProcess.js';

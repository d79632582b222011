export type {
  AccessLog,
  AccessLogQuery,
  AccessPorts,
  LoggedRead,
  PrivilegedRead,
  ReadToken,
} from './server/access/accessPorts.js';
export { digestOfToken } from './server/access/sessions.js';
export * from './server/backend.js';
export {
  createServer,
  type Server,
  type ServerOptions,
  type TlsFiles,
} from './server/createServer.js';
export type { EpcisOptions } from './server/epcis/epcisService.js';
export type { QueryFile } from './server/epcis/savedQueries.js';

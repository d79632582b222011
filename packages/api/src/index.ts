export * from './server/backend.js';
export { createServer, type Server, type ServerOptions } from './server/createServer.js';

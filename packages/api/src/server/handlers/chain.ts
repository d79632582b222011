import {
  type Contract,
  filterNames,
  limits,
  objectKinds,
  type Table,
  textFromHash,
  textFromTime,
} from '@triflow/protocol';
import type { ChainRoutes, ContractsAnswer, InfoAnswer } from '../../routes/chain.js';
import type { ReadinessAnswer } from '../../routes/operations.js';
import type { RouteHandler } from '../call.js';
import { commandParams, jsonSchemaOf } from '../contractDefinition.js';
import { openApiDocument } from '../openApi.js';
import { plainJson } from '../plainJson.js';
import type { ServerContext } from '../serverContext.js';

/** Chain, node, head, parameters, limits. */
export function getInfo({ backend }: ServerContext): RouteHandler<ChainRoutes['getInfo']> {
  return async () => {
    const info = backend.info();
    const contracts = [...backend.registry.contracts.values()];
    const body: InfoAnswer = {
      software: { name: 'triflow', version: info.version },
      api: { version: 'v1' },
      chainId: info.chainId,
      genesisHash: textFromHash(info.genesisHash),
      devnet: info.devnet,
      nodeId: info.nodeId,
      role: info.role,
      height: info.height,
      headTime: textFromTime(info.headTimeMs),
      stateFrom: info.stateFrom,
      proofsFrom: info.proofsFrom,
      parameters: { ...info.parameters },
      limits: { ...limits },
      features: [...info.features],
      contracts: contracts.map(({ name, version }) => ({ name, version })),
    };
    return { status: 200, body };
  };
}

/** The checks of `/readyz` for readers of the API: the answer is there, so it is no failure. */
export function getHealth({ backend }: ServerContext): RouteHandler<ChainRoutes['getHealth']> {
  return async () => {
    const { ready, checks } = backend.health();
    const body: ReadinessAnswer = { ready, checks: { ...checks } };
    return { status: 200, body };
  };
}

/** The genesis document. */
export function getGenesis({ backend }: ServerContext): RouteHandler<ChainRoutes['getGenesis']> {
  return async () => ({ status: 200, body: plainJson(backend.genesis()) });
}

/** The enabled contracts, made once: they do not change while a node runs. */
export function getContracts({
  backend,
}: ServerContext): RouteHandler<ChainRoutes['getContracts']> {
  let body: ContractsAnswer | undefined;
  return async () => {
    body ??= { data: [...backend.registry.contracts.values()].map(contractJson) };
    return { status: 200, body };
  };
}

/** The OpenAPI document, made once. */
export function getOpenApi(_context: ServerContext): RouteHandler<ChainRoutes['getOpenApi']> {
  let body: ReturnType<typeof openApiDocument> | undefined;
  return async () => {
    body ??= openApiDocument();
    return { status: 200, body };
  };
}

function contractJson(contract: Contract): ContractsAnswer['data'][number] {
  return {
    name: contract.name,
    version: contract.version,
    commands: [...contract.commands.keys()].map((name) => {
      const params = commandParams(contract, name);
      return params === undefined ? { name } : { name, params: jsonSchemaOf(params) };
    }),
    queries: [...contract.queries].map(([name, query]) => {
      return { name: `${contract.name}.${name}`, params: jsonSchemaOf(query.params) };
    }),
    tables: contract.tables.map(tableJson),
    statusCodes: { ...contract.statusCodes },
  };
}

function tableJson(table: Table<never>): ContractsAnswer['data'][number]['tables'][number] {
  const { name, objectKind } = table;
  const filters = [...filterNames(table)];
  return objectKind === undefined
    ? { name, filters }
    : { name, objects: objectKinds[objectKind], filters };
}

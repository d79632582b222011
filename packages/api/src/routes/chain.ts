import { z } from 'zod';
import { hashField, heightField, timeField } from './fields.js';
import { readinessSchema } from './operations.js';
import { defineRoute } from './route.js';

export const infoSchema = z.object({
  software: z.object({ name: z.string(), version: z.string() }),
  api: z.object({ version: z.literal('v1') }),
  chainId: z.string(),
  genesisHash: hashField,
  devnet: z.boolean(),
  nodeId: z.string(),
  role: z.enum(['validator', 'observer']),
  height: heightField,
  headTime: timeField,
  /** The lowest heights whose state, and whose proofs, this node still has. */
  stateFrom: heightField,
  proofsFrom: heightField,
  /** The parameters that all nodes share, such as transactionWindow and stateTreeDepth. */
  parameters: z.record(z.string(), z.number().int()),
  limits: z.record(z.string(), z.number().int()),
  features: z.array(z.string()),
  contracts: z.array(z.object({ name: z.string(), version: z.number().int() })),
});

export const contractsAnswerSchema = z.object({
  data: z.array(
    z.object({
      name: z.string(),
      version: z.number().int(),
      commands: z.array(
        z.object({
          name: z.string(),
          /** JSON Schema of the parameters, where the contract describes them. */
          params: z.unknown().optional(),
        }),
      ),
      queries: z.array(z.object({ name: z.string(), params: z.unknown().optional() })),
      tables: z.array(
        z.object({
          name: z.string(),
          /** URL segment of its objects. */
          objects: z.string().optional(),
          filters: z.array(z.string()),
        }),
      ),
      statusCodes: z.record(z.string(), z.number().int()),
    }),
  ),
});

/** The genesis document as its file holds it; check it with protocol's `parseGenesis`. */
export const genesisAnswerSchema = z.record(z.string(), z.unknown());

export const chainRoutes = {
  getInfo: defineRoute({
    name: 'getInfo',
    method: 'GET',
    url: '/v1/info',
    summary: 'Chain, node, head, parameters and limits.',
    answers: { 200: { about: 'About this node.', schema: infoSchema } },
  }),
  getGenesis: defineRoute({
    name: 'getGenesis',
    method: 'GET',
    url: '/v1/genesis',
    summary: 'The genesis document.',
    answers: { 200: { about: 'The document.', schema: genesisAnswerSchema } },
  }),
  getContracts: defineRoute({
    name: 'getContracts',
    method: 'GET',
    url: '/v1/contracts',
    summary: 'The enabled contracts: commands, queries, filters, status codes.',
    answers: { 200: { about: 'Each contract.', schema: contractsAnswerSchema } },
  }),
  getHealth: defineRoute({
    name: 'getHealth',
    method: 'GET',
    url: '/v1/health',
    summary: 'How this node is, and why when it is not well; 200 either way.',
    answers: { 200: { about: 'Each check.', schema: readinessSchema } },
  }),
  getOpenApi: defineRoute({
    name: 'getOpenApi',
    method: 'GET',
    url: '/v1/openapi.json',
    summary: 'This API as an OpenAPI 3.1 document.',
    answers: { 200: { about: 'The document.', schema: z.record(z.string(), z.unknown()) } },
  }),
} as const;

export type ChainRoutes = typeof chainRoutes;
export type InfoAnswer = z.infer<typeof infoSchema>;
export type ContractsAnswer = z.infer<typeof contractsAnswerSchema>;

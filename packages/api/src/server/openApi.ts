import { z } from 'zod';
import { routes } from '../routes/index.js';
import { PROBLEM_MEDIA_TYPE, problemSchema } from '../routes/problem.js';
import type { Route, RouteBody } from '../routes/route.js';

type Json = { [name: string]: unknown };

/** This API as an OpenAPI 3.1 document, made from the route data alone. */
export function openApiDocument(): Json {
  const paths: { [path: string]: Json } = {};
  for (const route of Object.values(routes) as readonly Route[]) {
    const path = route.url.replace(/:([A-Za-z]+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: { title: 'Triflow', version: 'v1', description: 'A ledger for supply-chain finance.' },
    paths,
    components: {
      schemas: { Problem: jsonSchema(problemSchema, 'output') },
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'Of POST /v1/sessions, or made by the operator of the node.',
        },
      },
    },
  };
}

function operation(route: Route): Json {
  return {
    operationId: route.name,
    summary: route.summary,
    // Without a login a reader gets the public part (domain section 6).
    ...(route.scope !== undefined && { security: [{}, { bearer: [] }] }),
    parameters: [...parameters(route.params, 'path'), ...parameters(route.query, 'query')],
    ...(route.bodies && { requestBody: { required: true, content: bodies(route.bodies) } }),
    responses: { ...answers(route), default: problemResponse() },
  };
}

function parameters(schema: z.ZodObject | undefined, where: 'path' | 'query'): Json[] {
  if (schema === undefined) return [];
  const { properties = {}, required = [] } = jsonSchema(schema, 'input') as {
    properties?: Json;
    required?: string[];
  };
  return Object.entries(properties).map(([name, member]) => {
    return { name, in: where, required: required.includes(name), schema: member };
  });
}

/** Bodies of one media type are alternatives. */
function bodies(list: readonly RouteBody[]): Json {
  const byType = new Map<string, unknown[]>();
  for (const { mediaType, schema } of list) {
    const form = schema === undefined ? { format: 'binary' } : jsonSchema(schema, 'input');
    byType.set(mediaType, [...(byType.get(mediaType) ?? []), form]);
  }
  return Object.fromEntries(
    [...byType].map(([mediaType, forms]) => {
      return [mediaType, { schema: forms.length === 1 ? forms[0] : { oneOf: forms } }];
    }),
  );
}

function answers(route: Route): Json {
  return Object.fromEntries(
    Object.entries(route.answers).map(([status, { about, mediaType, textForms = [], schema }]) => {
      const content: Json = {
        [mediaType ?? 'application/json']: { schema: jsonSchema(schema, 'output') },
      };
      for (const form of textForms) content[form] = { schema: { type: 'string' } };
      return [status, { description: about, content }];
    }),
  );
}

function problemResponse(): Json {
  const schema = { $ref: '#/components/schemas/Problem' };
  return { description: 'A problem (RFC 9457).', content: { [PROBLEM_MEDIA_TYPE]: { schema } } };
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest;
}

import type { z } from 'zod';

/** Parts of the API that a token may open (experience section 4, Access). */
export const readScopes = ['objects', 'events', 'queries', 'blocks'] as const;

export type ReadScope = (typeof readScopes)[number];

/** What a route answers under one HTTP status. */
export interface RouteAnswer {
  readonly about: string;
  /** `application/json` unless it says more. */
  readonly mediaType?: string;
  /** Forms of the same answer as text, by `Accept`: a page, a stream. */
  readonly textForms?: readonly string[];
  readonly schema: z.ZodType;
}

/** One body that a route takes. Bytes have no schema here: their codec judges them. */
export interface RouteBody {
  readonly mediaType: string;
  readonly schema?: z.ZodType;
}

/**
 * A route as data: the server registers it, the SDK calls it, the OpenAPI document describes it.
 * Every failure is a problem document (`problem.ts`), so routes list their good answers only.
 */
export interface Route {
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path with `:name` where a parameter stands. */
  readonly url: string;
  readonly summary: string;
  /** Keys and tokens could be tried out here: a stricter limit by address. */
  readonly guarded?: true;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  /** Whether the query takes further members, named by the contracts. */
  readonly openQuery?: boolean;
  /** Set where the answer depends on who reads (domain section 6): the part of a token's scope. */
  readonly scope?: ReadScope;
  readonly bodies?: readonly RouteBody[];
  readonly answers: Readonly<Record<number, RouteAnswer>>;
}

/** A value that stands in a URL. */
export type UrlValue = string | number | boolean | readonly string[] | undefined;

/** Keeps the exact types of a route's schemas while checking its form. */
export function defineRoute<const R extends Route>(route: R): R {
  return route;
}

/**
 * Path and query of a route with its values put in, ready to be joined to a node's address.
 * Members that are undefined are left out; lists repeat their name.
 */
export function routePath(
  route: Pick<Route, 'url'>,
  params: Readonly<Record<string, string | number>> = {},
  query: Readonly<Record<string, UrlValue>> = {},
): string {
  const path = route.url.replace(/:([A-Za-z]+)/g, (_, name: string) => {
    return encodeURIComponent(String(params[name] ?? ''));
  });
  const pairs = Object.entries(query).flatMap(([name, value]) => {
    return valuesOf(value).map((text) => `${encodeURIComponent(name)}=${encodeURIComponent(text)}`);
  });
  return pairs.length === 0 ? path : `${path}?${pairs.join('&')}`;
}

function valuesOf(value: UrlValue): readonly string[] {
  if (value === undefined) return [];
  if (typeof value === 'object') return value;
  if (typeof value === 'boolean') return [value ? '1' : '0'];
  return [String(value)];
}

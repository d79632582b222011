import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { opsRoutes, routes } from './index.js';
import { type Route, routePath } from './route.js';

const all: readonly (readonly [string, Route])[] = [
  ...Object.entries(routes),
  ...Object.entries(opsRoutes),
];

describe('routes', () => {
  it('are named as their keys, each method and path once', () => {
    for (const [key, route] of all) expect(route.name).toBe(key);
    const places = all.map(([, { method, url }]) => `${method} ${url}`);
    expect(new Set(places).size).toBe(places.length);
  });

  it('describe every parameter of their path', () => {
    for (const [, { url, params }] of all) {
      const inPath = [...url.matchAll(/:([A-Za-z]+)/g)].map(([, name]) => name);
      expect(Object.keys(params?.shape ?? {})).toEqual(inPath);
    }
  });

  it('take values into path and query', () => {
    const params = { objects: 'parties', id: 'dev:a b' };
    expect(routePath(routes.getObject, params, { at: 5, proof: true, more: undefined })).toBe(
      '/v1/parties/dev%3Aa%20b?at=5&proof=1',
    );
    expect(routePath(routes.getState, {}, { key: ['a/b', 'c&d'] })).toBe(
      '/v1/state?key=a%2Fb&key=c%26d',
    );
    expect(routePath(routes.getInfo)).toBe('/v1/info');
  });

  it('run in a browser: they import zod, the protocol and each other', () => {
    const files = readdirSync(import.meta.dirname).filter((name) => !name.endsWith('.test.ts'));
    for (const name of files) {
      const source = readFileSync(`${import.meta.dirname}/${name}`, 'utf8');
      const imported = [...source.matchAll(/from '([^']+)'/g)].map(([, from]) => from ?? '');
      for (const from of imported) expect(from).toMatch(/^(zod|@triflow\/protocol|\.\/\w+\.js)$/);
      expect(source).not.toMatch(/\b(Buffer|process|require)\b/);
    }
  });
});

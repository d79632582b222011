import type { LoadHook } from 'node:module';
import { fileURLToPath } from 'node:url';
import { instrumented } from './instrument.js';

/** What decodes: the whole program would take a minute to load. */
const DECODING = /\/(packages\/(protocol|crypto|consensus|storage|epcis)|node)\/dist\//;

/** Loads our own decoding code with counters in it, and everything else as it is. */
export const load: LoadHook = async (url, context, nextLoad) => {
  const loaded = await nextLoad(url, context);
  if (!DECODING.test(url) || loaded.format !== 'module') return loaded;
  const source = Buffer.from(loaded.source as Uint8Array).toString('utf8');
  return { ...loaded, source: instrumented(source, fileURLToPath(url)) };
};

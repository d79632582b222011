import { open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { QueryFile } from '@triflow/api';

/** The file in a node's data folder that keeps EPCIS queries and subscriptions. */
export function createQueryFile(folder: string): QueryFile {
  const path = join(folder, 'epcis-queries.json');
  return {
    async load() {
      try {
        return await readFile(path, 'utf8');
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async save(text) {
      const fresh = `${path}.new`;
      const file = await open(fresh, 'w', 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(fresh, path);
    },
  };
}

import { fileURLToPath } from 'node:url';

/** Where the built page lies; the server looks whether it was built. */
export function explorerFolder(): string {
  const description = import.meta.resolve('@triflow/explorer/package.json');
  return fileURLToPath(new URL('./dist/page', description));
}

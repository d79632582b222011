import { join } from 'node:path';

/** The operator's folder of a home: nobody else may enter it (mode 0700). */
export function adminFolder(home: string): string {
  return join(home, 'run');
}

/** The Unix socket at which a running node obeys its operator. */
export function adminSocketPath(home: string): string {
  return join(adminFolder(home), 'admin.sock');
}

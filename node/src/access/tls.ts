import { readFile } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { TlsFiles } from '@triflow/api';
import { CodedError } from '@triflow/protocol';
import type { NodeConfig } from '../config.js';

/** The PEM files that a configuration names; undefined without TLS. Throws CONFIG_INVALID. */
export async function loadTls(home: string, config: NodeConfig): Promise<TlsFiles | undefined> {
  const { tls } = config.http;
  if (tls === undefined) return undefined;
  const read = async (file: string): Promise<Buffer> => {
    const path = isAbsolute(file) ? file : join(home, file);
    try {
      return await readFile(path);
    } catch (cause) {
      throw new CodedError('CONFIG_INVALID', `http.tls: ${path} cannot be read`, { cause });
    }
  };
  const [key, cert] = await Promise.all([read(tls.key), read(tls.cert)]);
  const { clientCa } = tls;
  return clientCa === undefined ? { key, cert } : { key, cert, clientCa: await read(clientCa) };
}

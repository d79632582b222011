import { hashOf } from '@triflow/crypto';
import { bytesFromHash, concatBytes, type Logger } from '@triflow/protocol';

const nothing = (): void => undefined;
/** Says nothing. */
export const silent: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

/** Stands for a signature that only the key's owner can make. */
export function token(publicKey: Uint8Array, message: Uint8Array): Uint8Array {
  const half = bytesFromHash(hashOf(concatBytes(publicKey, message)));
  return concatBytes(half, half);
}

/** The configuration of a simulated node, by its label. */
export function configText(label: string): string {
  return `
[node]
validator = "${label}"
storage = "memory"
logLevel = "silent"
[demoKeys]
label = "${label}"
[p2p]
port = 0
[http]
port = 0
[ops]
port = 0
`;
}

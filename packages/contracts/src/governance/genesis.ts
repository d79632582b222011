import { type GenesisContext, hexFromBytes } from '@triflow/protocol';
import { consensusKeys } from './keys.js';

/** The founding validators' keys are used from the start. */
export function writeGenesisKeys(context: GenesisContext): void {
  for (const { id, publicKey } of context.validators) {
    context.put(consensusKeys, [hexFromBytes(publicKey)], { validator: id });
  }
}

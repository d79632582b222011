import {
  bytesFromHexText,
  failure,
  type Genesis,
  type GenesisValidator,
  possessionSignBytes,
  type Result,
  success,
} from '@triflow/protocol';
import { isDemoPublicKey } from './demoKeys.js';
import { validatePublicKey, verifySignature } from './signatureSuite.js';

/** A genesis is never changed once parsed, and its curve points cost a millisecond each. */
const verified = new WeakSet<Genesis>();

/**
 * The half of a genesis check that needs cryptography, after `parseGenesis`: every key may be
 * registered (R-S3), every validator holds its key, and only a devnet uses demo keys. Fault:
 * `genesis_invalid` with the member's path.
 */
export function verifyGenesisKeys(genesis: Genesis): Result<true> {
  if (verified.has(genesis)) return success(true);
  for (const [index, party] of genesis.parties.entries()) {
    for (const [position, key] of party.keys.entries()) {
      const fault = faultOfKey(genesis, key.suite, key.publicKey);
      if (fault === undefined) continue;
      return failure('genesis_invalid', fault, `/parties/${index}/keys/${position}/publicKey`);
    }
  }
  for (const [index, validator] of genesis.validators.entries()) {
    const fault = faultOfKey(genesis, validator.suite, validator.publicKey);
    const path = `/validators/${index}`;
    if (fault !== undefined) return failure('genesis_invalid', fault, `${path}/publicKey`);
    if (!holdsKey(genesis.chainId, validator)) {
      const message = `${validator.id} does not show that it holds its key`;
      return failure('genesis_invalid', message, `${path}/possession`);
    }
  }
  verified.add(genesis);
  return success(true);
}

function faultOfKey(genesis: Genesis, suite: string, hex: string): string | undefined {
  const publicKey = bytesFromHexText(hex);
  if (publicKey === undefined) return 'the key is not hexadecimal';
  // Seeds gave the published keys, so their curve points need not be looked at.
  if (isDemoPublicKey(publicKey)) {
    return genesis.devnet ? undefined : 'the key is a published demo key, and this is not a devnet';
  }
  const valid = validatePublicKey(suite, publicKey);
  return valid.ok ? undefined : `the key is ${valid.fault.message}`;
}

function holdsKey(chainId: string, validator: GenesisValidator): boolean {
  const publicKey = bytesFromHexText(validator.publicKey);
  const possession = bytesFromHexText(validator.possession);
  if (publicKey === undefined || possession === undefined) return false;
  const { suite, peerId } = validator;
  const message = possessionSignBytes({
    chainId,
    validatorId: validator.id,
    suite,
    publicKey,
    peerId,
  });
  return verifySignature(suite, publicKey, message, possession);
}

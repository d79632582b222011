import type { PartyId } from '@triflow/protocol';
import { type ReadScope, readScopes } from '../../routes/route.js';

/** Who asks: a party that has proved itself, or anyone. */
export interface Reader {
  readonly party: PartyId | undefined;
  /** The party's roles at the head; none when it is not ACTIVE. */
  readonly roles: ReadonlySet<string>;
  readonly scopes: readonly ReadScope[];
  readonly how: 'anonymous' | 'session' | 'token' | 'certificate';
}

export const anonymousReader: Reader = {
  party: undefined,
  roles: new Set(),
  scopes: readScopes,
  how: 'anonymous',
};

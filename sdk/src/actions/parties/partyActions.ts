import { affiliations, parties } from '@triflow/contracts/schemas';
import { getter, lister, waiter } from '../objects.js';
import { addKey } from './addKey.js';
import { declareAffiliation } from './declareAffiliation.js';
import { flagLicenceExpiry } from './flagLicenceExpiry.js';
import { getKey } from './getKey.js';
import { grantRole } from './grantRole.js';
import { grantView } from './grantView.js';
import { recordLicence } from './recordLicence.js';
import { registerParty } from './registerParty.js';
import { reinstate } from './reinstate.js';
import { revokeKey } from './revokeKey.js';
import { revokeRole } from './revokeRole.js';
import { revokeView } from './revokeView.js';
import { suspend } from './suspend.js';

/** Who is who (contract party-registry). */
export const partyActions = {
  get: getter(parties),
  list: lister(parties),
  waitFor: waiter(parties),
  getKey,
  getAffiliations: getter(affiliations),
  registerParty,
  addKey,
  revokeKey,
  recordLicence,
  flagLicenceExpiry,
  grantRole,
  revokeRole,
  declareAffiliation,
  grantView,
  revokeView,
  suspend,
  reinstate,
} as const;

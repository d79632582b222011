import { defineContract } from '../defineContract.js';
import { addKey } from './commands/addKey.js';
import { declareAffiliation } from './commands/declareAffiliation.js';
import { flagLicenceExpiry } from './commands/flagLicenceExpiry.js';
import { grantRole } from './commands/grantRole.js';
import { grantView } from './commands/grantView.js';
import { recordLicence } from './commands/recordLicence.js';
import { registerParty } from './commands/registerParty.js';
import { reinstate } from './commands/reinstate.js';
import { revokeKey } from './commands/revokeKey.js';
import { revokeRole } from './commands/revokeRole.js';
import { revokeView } from './commands/revokeView.js';
import { suspend } from './commands/suspend.js';
import { writeGenesisParties } from './genesis.js';
import { tables } from './keys.js';
import { queries } from './queries.js';
import { statusCodes } from './statusCodes.js';

export const partyRegistry = defineContract({
  name: 'party-registry',
  version: 1,
  tables,
  commands: {
    register_party: registerParty,
    add_key: addKey,
    revoke_key: revokeKey,
    record_licence: recordLicence,
    flag_licence_expiry: flagLicenceExpiry,
    grant_role: grantRole,
    revoke_role: revokeRole,
    declare_affiliation: declareAffiliation,
    grant_view: grantView,
    revoke_view: revokeView,
    suspend,
    reinstate,
  },
  statusCodes,
  parameters: { licensedRoles: 'LENDER:finance,BANK:banking,INSURER:insurance' },
  parameterBounds: {
    licensedRoles: { pattern: /^([A-Z_]{1,32}:[a-z_]{1,32}(,[A-Z_]{1,32}:[a-z_]{1,32}){0,31})?$/ },
  },
  genesis: writeGenesisParties,
  queries,
});

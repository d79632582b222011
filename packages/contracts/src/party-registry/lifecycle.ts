/** States and the commands that move between them; `*` stands for "no record yet". */
export const lifecycle = {
  party: {
    '*': { register_party: 'ACTIVE' },
    ACTIVE: {
      add_key: 'ACTIVE',
      revoke_key: 'ACTIVE',
      record_licence: 'ACTIVE',
      flag_licence_expiry: 'ACTIVE',
      grant_role: 'ACTIVE',
      revoke_role: 'ACTIVE',
      declare_affiliation: 'ACTIVE',
      suspend: 'SUSPENDED',
    },
    SUSPENDED: {
      revoke_key: 'SUSPENDED',
      record_licence: 'SUSPENDED',
      flag_licence_expiry: 'SUSPENDED',
      declare_affiliation: 'SUSPENDED',
      reinstate: 'ACTIVE',
    },
  },
} as const;

/** States and the commands that move between them; `*` stands for "no record yet". */
export const lifecycle = {
  lien: {
    '*': {
      create: 'PROPOSED, EFFECTIVE',
      create_exclusive: 'PROPOSED, EFFECTIVE',
      move: 'PROPOSED, EFFECTIVE',
      report_external: 'PROPOSED, EFFECTIVE',
      assert_retention: 'EFFECTIVE',
    },
    PROPOSED: {
      record_publicity: 'PROPOSED, EFFECTIVE',
      record_control: 'PROPOSED, EFFECTIVE',
      move: 'MOVED',
      release: 'RELEASED',
      record_release: 'RELEASED',
    },
    EFFECTIVE: {
      amend: 'EFFECTIVE',
      extend: 'EFFECTIVE',
      crystallise: 'CRYSTALLISED',
      enforce: 'ENFORCED',
      record_enforced: 'ENFORCED',
      record_publicity: 'EFFECTIVE',
      record_control: 'EFFECTIVE',
      move: 'MOVED',
      release: 'RELEASED',
      record_release: 'RELEASED',
    },
    CRYSTALLISED: {
      record_publicity: 'CRYSTALLISED',
      extend: 'CRYSTALLISED',
      record_enforced: 'ENFORCED',
      release: 'RELEASED',
      record_release: 'RELEASED',
      enforce: 'ENFORCED',
    },
    MOVED: {},
    RELEASED: {},
    ENFORCED: {},
  },
} as const;

/** States in which a lien burdens its asset. */
export const liveStates = ['PROPOSED', 'EFFECTIVE', 'CRYSTALLISED'] as const;

/** Whether a lien still burdens its asset. */
export function isLive(state: string): boolean {
  return liveStates.some((live) => live === state);
}

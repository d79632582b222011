/** States and the commands that move between them; `*` stands for "no record yet". */
export const lifecycle = {
  lien: {
    '*': { create: 'PROPOSED or EFFECTIVE, by class' },
    PROPOSED: { record_publicity: 'PROPOSED or EFFECTIVE', release: 'RELEASED', move: 'MOVED' },
    EFFECTIVE: { record_publicity: 'EFFECTIVE', release: 'RELEASED', move: 'MOVED' },
  },
} as const;

/** States in which a lien burdens its asset. */
export const liveStates = ['PROPOSED', 'EFFECTIVE'] as const;

/** Whether a lien still burdens its asset. */
export function isLive(state: string): boolean {
  return (liveStates as readonly string[]).includes(state);
}

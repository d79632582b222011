/** States and the commands that move between them; `*` stands for "no record yet". */
export const lifecycle = {
  '*': { register: 'REGISTERED' },
  REGISTERED: { bind_tag: 'TAGGED' },
  TAGGED: { place: 'IN_PEN' },
  IN_PEN: {
    place: 'IN_PEN',
    retag: 'IN_PEN',
    mortgage: 'IN_PEN',
    substitute: 'IN_PEN',
    sell: 'SOLD',
    cull: 'CULLED',
    report_death: 'DEAD',
    report_missing: 'MISSING',
  },
  MISSING: { report_found: 'IN_PEN', report_death: 'DEAD' },
  SOLD: {},
  CULLED: {},
  DEAD: {},
} as const;

/** Whether an animal has left for good: its tag is retired for ever (A1). */
export function hasLeft(state: string): boolean {
  return state === 'SOLD' || state === 'CULLED' || state === 'DEAD';
}

/** States and the commands that move between them; `*` stands for "no record yet". */
export const lifecycle = {
  alert: {
    '*': { submit_batch: 'RAISED', anchor_batch: 'RAISED', check_silence: 'RAISED' },
    RAISED: {
      acknowledge: 'ACKED',
      escalate: 'ESCALATED',
      resolve: 'RESOLVED',
      mark_false: 'FALSE',
    },
    ACKED: { escalate: 'ESCALATED', resolve: 'RESOLVED', mark_false: 'FALSE' },
    ESCALATED: { resolve: 'RESOLVED', mark_false: 'FALSE' },
    RESOLVED: {},
    FALSE: {},
  },
  device: {
    '*': { bind_device: 'BOUND' },
    BOUND: { bind_device: 'BOUND', unbind_device: 'UNBOUND' },
    UNBOUND: { bind_device: 'BOUND' },
  },
  rule: {
    '*': { set_rule: 'ACTIVE', apply_profile: 'ACTIVE' },
    ACTIVE: { set_rule: 'ACTIVE', retire_rule: 'RETIRED' },
    RETIRED: { set_rule: 'ACTIVE' },
  },
} as const;

/** Whether an alert still asks for something. */
export function isOpen(state: string): boolean {
  return state === 'RAISED' || state === 'ACKED' || state === 'ESCALATED';
}

import type { ComponentChildren } from 'preact';
import { isRecord } from '../data/nodeApi.js';
import type { Flow } from '../format/flows.js';
import { stateName, toneOf } from '../format/words.js';
import { t } from '../messages/translate.js';

/** A state as a coloured word; the word alone says it, the colour only helps. */
export function StateChip({ state }: { readonly state: unknown }): ComponentChildren {
  if (typeof state !== 'string') return null;
  return <span class={`chip tone-${toneOf(state)}`}>{stateName(state)}</span>;
}

/** The mark of a flow. */
export function FlowMark({ flow }: { readonly flow: Flow }): ComponentChildren {
  return <span class={`flow-mark flow-${flow}`}>{t(`flow.${flow}`)}</span>;
}

/** A record's state; of what is packed by itself it stands beside its custodian. */
export function stateOf({ state, top }: Readonly<Record<string, unknown>>): unknown {
  return state ?? (isRecord(top) ? top.state : undefined);
}

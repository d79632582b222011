import type { ComponentChildren } from 'preact';
import type { LedgerFact } from '../data/liveEvents.js';
import { language } from '../data/settings.js';
import type { Flow } from '../format/flows.js';
import { isPartyId, pageOf } from '../format/ids.js';
import { fieldName, pick, stateName } from '../format/words.js';
import { commandSentences, sharedCommandSentences } from '../messages/commandSentences.js';
import { eventSentences } from '../messages/eventSentences.js';
import { contextOf, IdLink, Value } from './value.js';

export interface CommandJson {
  readonly contract: string;
  readonly name: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** A fact of the ledger as a sentence with links. */
export function FactSentence({ fact }: { readonly fact: LedgerFact }): ComponentChildren {
  const known = eventSentences[fact.type];
  const values = { ...fact.data, subject: fact.subject };
  if (known !== undefined) return <Filled template={pick(known)} values={values} />;
  return (
    <>
      <IdLink id={fact.subject} /> · {plainWords(fact.type)}
    </>
  );
}

/** Which flow a fact belongs to. */
export function flowOfFact(fact: Pick<LedgerFact, 'type'>): Flow {
  return eventSentences[fact.type]?.[2] ?? 'system';
}

/** A command as a sentence: who did what. */
export function CommandSentence({
  sender,
  command,
}: {
  readonly sender: string;
  readonly command: CommandJson;
}): ComponentChildren {
  const { contract, name, params = {} } = command;
  const known = commandSentences[`${contract}.${name}`] ?? sharedCommandSentences[name];
  const values = { ...params, sender };
  if (known !== undefined && (params.id !== undefined || !pick(known).includes('{id}'))) {
    return <Filled template={pick(known)} values={values} />;
  }
  return (
    <>
      <IdLink id={sender} />: {plainWords(name)}
      {typeof params.id === 'string' && (
        <>
          {' '}
          <IdLink id={params.id} />
        </>
      )}
    </>
  );
}

/** A sentence whose `{members}` are filled with values shown as what they are. */
export function Filled({
  template,
  values,
}: {
  readonly template: string;
  readonly values: Readonly<Record<string, unknown>>;
}): ComponentChildren {
  const context = contextOf(values);
  return template.split(/(\{[a-zA-Z]+\})/).map((piece, index) => {
    const name = /^\{([a-zA-Z]+)\}$/.exec(piece)?.[1];
    if (name === undefined) return piece;
    const value = values[name];
    return (
      <Fragmented key={index} name={name} value={value}>
        <Value name={name} value={value} context={context} />
      </Fragmented>
    );
  });
}

/** What has no value in a sentence is an ellipsis, never the word “none”. */
function Fragmented({
  name,
  value,
  children,
}: {
  name: string;
  value: unknown;
  children: ComponentChildren;
}): ComponentChildren {
  if (value === undefined || value === null) return '…';
  if (typeof value !== 'string') return children;
  if (isPartyId(value) || pageOf(value) !== undefined) return <IdLink id={value} />;
  if (['state', 'from', 'to', 'line'].includes(name)) return stateName(value);
  if (name === 'command') return fieldName(value);
  return children;
}

/** `facility.item_added` as words. */
function plainWords(type: string): string {
  const words = type.replaceAll('.', ' ').replaceAll('_', ' ');
  return language.value === 'zh' ? words : words.toLowerCase();
}

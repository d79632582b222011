import type { ComponentChildren } from 'preact';
import { isRecord } from '../data/nodeApi.js';
import { fullPartyName, partyName } from '../data/partyNames.js';
import { pathTo } from '../data/router.js';
import {
  countText,
  isMoney,
  isPrice,
  isQuantity,
  moneyText,
  percentText,
  priceText,
  quantityText,
  unitText,
} from '../format/amounts.js';
import { isPartyId, pageOf, shortId } from '../format/ids.js';
import { dayText, durationText, timeText } from '../format/times.js';
import { fieldName, isKnownWord, stateName, vocabularyName } from '../format/words.js';
import { t } from '../messages/translate.js';

/** What is around a value: bare amounts take currency and unit from their record. */
export interface ValueContext {
  readonly currency?: string | undefined;
  readonly unit?: string | undefined;
  readonly scale?: number | undefined;
}

interface ValueProps {
  /** The member's name: tells times, days, ratios and amounts apart. */
  readonly name: string;
  readonly value: unknown;
  readonly context?: ValueContext;
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;
const DIGEST = /^(sha256:)?[0-9a-f]{64}$/;
const INTEGER = /^-?\d{1,40}$/;
/** Words of the ledger in capitals, and members whose small words are its vocabulary. */
const WORDS = /^[A-Z][A-Z_]+$/;
const WORD_MEMBERS = new RegExp(
  '^(state|class|line|from|to|severity|.*[sS]izeClass|roles?|outcome|kinds?|method|basis|mode|' +
    'flags|purpose|assetKind|validationLevel|sex|compare|covers|monitoredAs|verdict|type)$',
);
/** Members whose being empty is news. */
const SAID_EMPTY = new Set(['flags', 'lien']);
const TIME_MIN = 1_000_000_000_000;

/** A value as people read it: names, amounts with their unit, dates, links. */
export function Value({ name, value, context = {} }: ValueProps): ComponentChildren {
  if (value === null || value === undefined || value === '') return <Muted>{t('none')}</Muted>;
  if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
  if (typeof value === 'number') return numberText(name, value, context);
  if (typeof value === 'string') return <Text name={name} text={value} context={context} />;
  if (Array.isArray(value)) return <Items name={name} items={value} context={context} />;
  if (isRecord(value)) return <Members name={name} record={value} context={context} />;
  return String(value);
}

/** A link to a party's page with its name. */
export function PartyLink({ id }: { readonly id: string }): ComponentChildren {
  return (
    <a class="party" href={pathTo('parties', id)} title={`${fullPartyName(id) ?? id}\n${id}`}>
      {partyName(id)}
    </a>
  );
}

/** A link to the page of an object, party or transaction. */
export function IdLink({ id }: { readonly id: string }): ComponentChildren {
  if (isPartyId(id)) return <PartyLink id={id} />;
  const page = pageOf(id);
  if (page === undefined) return <code title={id}>{shortId(id)}</code>;
  return (
    <a class="id" href={page} title={id}>
      {shortId(id)}
    </a>
  );
}

/** Nothing that a reader would look for. */
function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return value === null || value === undefined || value === '' || value === '-';
}

/** Whether a value fits on one line: lists and records of several members do not. */
export function isShort(value: unknown): boolean {
  if (isMoney(value) || isQuantity(value) || isPrice(value)) return true;
  if (Array.isArray(value)) return value.every((item) => typeof item !== 'object');
  return !isRecord(value);
}

function numberText(name: string, value: number, context: ValueContext): string {
  if (/Bps$/.test(name)) return percentText(value);
  if (value >= TIME_MIN) return timeText(value);
  if (/Ms$/.test(name)) return durationText(value);
  if (/Minor$|^minor$/.test(name) && context.currency !== undefined) {
    return moneyText({ minor: String(value), currency: context.currency });
  }
  if (/(^due|Day|^day|maturity|accruedTo|ValidTo)$/.test(name)) return dayText(value);
  return countText(value);
}

function Text({
  name,
  text,
  context,
}: {
  name: string;
  text: string;
  context: ValueContext;
}): ComponentChildren {
  if (RFC3339.test(text)) return <time dateTime={text}>{timeText(text)}</time>;
  if (DAY.test(text)) return <time dateTime={text}>{dayText(text)}</time>;
  if (isPartyId(text) || pageOf(text) !== undefined) return <IdLink id={text} />;
  if (/event/i.test(name) && DIGEST.test(text)) {
    const key = text.replace('sha256:', '');
    return (
      <a class="id" href={pathTo('events', key)} title={text}>
        {shortId(key)}
      </a>
    );
  }
  if (DIGEST.test(text)) return <code title={text}>{shortId(text)}</code>;
  if (/Minor$|^minor$|^interestWhole$/.test(name) && INTEGER.test(text)) {
    const { currency } = context;
    return currency === undefined ? countText(text) : moneyText({ minor: text, currency });
  }
  if (INTEGER.test(text) && context.unit !== undefined && !/No|number|code/i.test(name)) {
    const { unit, scale = 0 } = context;
    return quantityText({ value: text, unit, scale });
  }
  if (name === 'unit') return unitText(text);
  if (text.startsWith('https://ref.gs1.org/cbv/')) return vocabularyWord(text);
  return wordOf(name, text);
}

/** Words of the ledger's vocabulary in the reader's language; other text as it stands. */
function wordOf(name: string, text: string): string {
  if (name === 'bizStep' || name === 'disposition') return vocabularyName(text);
  const own = `${name}.${text}`;
  if (isKnownWord(own)) return stateName(own);
  return isKnownWord(text) && (WORDS.test(text) || WORD_MEMBERS.test(name))
    ? stateName(text)
    : text;
}

function Items({
  name,
  items,
  context,
}: {
  name: string;
  items: readonly unknown[];
  context: ValueContext;
}): ComponentChildren {
  if (items.length === 0) return <Muted>{t('none')}</Muted>;
  if (items.every((item) => typeof item !== 'object')) {
    return (
      <ul class="inline-list">
        {items.map((item, index) => (
          <li key={index}>
            <Value name={name} value={item} context={context} />
          </li>
        ))}
      </ul>
    );
  }
  return <RecordTable rows={items.filter(isRecord)} context={context} />;
}

/** Rows of equal form as a table. */
export function RecordTable({
  rows,
  context = {},
}: {
  rows: readonly Record<string, unknown>[];
  context?: ValueContext;
}): ComponentChildren {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  return (
    <div
      class="table-scroll"
      tabIndex={0}
      role="group"
      aria-label={columns.map(fieldName).join(', ')}
    >
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {fieldName(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr key={index}>
              {columns.map((column) => (
                <td key={column}>
                  <Value name={column} value={row[column]} context={contextOf(row, context)} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Members({
  record,
  context,
}: {
  name: string;
  record: Record<string, unknown>;
  context: ValueContext;
}): ComponentChildren {
  if (isMoney(record)) return <span class="amount">{moneyText(record)}</span>;
  if (isPrice(record)) return <span class="amount">{priceText({ ...record })}</span>;
  if (isQuantity(record)) return <span class="amount">{quantityText(record)}</span>;
  return <Facts record={record} context={context} nested />;
}

interface FactsProps {
  readonly record: Readonly<Record<string, unknown>>;
  readonly context?: ValueContext;
  readonly hidden?: readonly string[];
  readonly nested?: boolean;
  /** Members that are records stand side by side, each as a card. */
  readonly grouped?: boolean;
}

/** A record's members, each with its name. */
export function Facts(props: FactsProps): ComponentChildren {
  const { record, context = {}, hidden = [], nested, grouped } = props;
  const inner = contextOf(record, context);
  const shown = Object.entries(record).filter(([name, value]) => {
    return !hidden.includes(name) && (SAID_EMPTY.has(name) || !isEmpty(value));
  });
  return (
    <dl class={`facts${nested === true ? ' nested' : ''}${grouped === true ? ' grouped' : ''}`}>
      {shown.map(([name, value]) => (
        <div key={name} class={isShort(value) ? 'fact' : 'fact wide'}>
          <dt>{fieldName(name)}</dt>
          <dd>
            <Value name={name} value={value} context={inner} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** Currency and unit that a record gives to the bare amounts in it. */
export function contextOf(
  record: Readonly<Record<string, unknown>>,
  outer: ValueContext = {},
): ValueContext {
  const amounts = [record.limit, record.amount, record.face, record.securedMax];
  const money = amounts.find(isMoney);
  const currency = typeof record.currency === 'string' ? record.currency : money?.currency;
  const unit = typeof record.unit === 'string' ? record.unit : undefined;
  const scale = typeof record.scale === 'number' ? record.scale : undefined;
  return {
    currency: currency ?? outer.currency,
    ...(unit === undefined ? {} : { unit, scale }),
  };
}

function Muted({ children }: { children: ComponentChildren }): ComponentChildren {
  return <span class="muted">{children}</span>;
}

/** `BizStep-shipping` as `shipping`. */
function vocabularyWord(uri: string): string {
  return vocabularyName(uri.split('-').slice(1).join('-') || uri);
}

import { signal } from '@preact/signals';
import { getJson } from './nodeApi.js';
import { language } from './settings.js';

interface PartyRow {
  readonly id: string;
  readonly data: { readonly name?: string };
}

const FIRST_PAGE = 500;
const names = signal<ReadonlyMap<string, string>>(new Map());
const asked = new Set<string>();
let firstPage: Promise<void> | undefined;

/** A party's name in the reader's language; its id until the name is known. */
export function partyName(id: string): string {
  const full = names.value.get(id);
  if (full !== undefined) return inLanguage(full);
  if (!asked.has(id)) {
    asked.add(id);
    void learn(id);
  }
  return id;
}

/** Both names of a party, as it was registered. */
export function fullPartyName(id: string): string | undefined {
  return names.value.get(id);
}

/** Companies register one line with both names: `Yangtze Bank 扬子银行`. */
export function inLanguage(full: string): string {
  const parts = /^([\x20-\x7e]+?)\s+([\u3400-\u9fff].*)$/.exec(full);
  if (parts === null) return full;
  return (language.value === 'zh' ? parts[2] : parts[1]) ?? full;
}

async function learn(id: string): Promise<void> {
  firstPage ??= learnFirst();
  await firstPage;
  if (names.value.has(id)) return;
  try {
    const { data } = await getJson<PartyRow>(`/v1/parties/${encodeURIComponent(id)}`);
    add([[id, data.name ?? id]]);
  } catch {
    asked.delete(id);
  }
}

async function learnFirst(): Promise<void> {
  try {
    const { data } = await getJson<{ data: PartyRow[] }>(`/v1/parties?limit=${FIRST_PAGE}`);
    add(data.map((row) => [row.id, row.data.name ?? row.id]));
  } catch {
    firstPage = undefined;
  }
}

function add(entries: readonly (readonly [string, string])[]): void {
  names.value = new Map([...names.value, ...entries]);
}

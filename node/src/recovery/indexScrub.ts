import { type ContractRegistry, recordIndexChanges } from '@triflow/ledger';
import type { LedgerStore } from '@triflow/storage';

const EACH_TURN = 100;
/** contract, table, index, value; the rest is the record's id. */
const PARTS_BEFORE_ID = 4;

/**
 * Compares the indexes with the records that they are computed from, at one height
 * and a part at a time: nothing else notices an index entry that is gone.
 */
export class IndexScrub {
  readonly #store: LedgerStore;
  readonly #registry: ContractRegistry;
  #height: number;
  #afterState: string | undefined = '';
  #afterIndex: string | undefined = '';

  constructor(store: LedgerStore, registry: ContractRegistry) {
    this.#store = store;
    this.#registry = registry;
    this.#height = store.head()?.height ?? 0;
  }

  /** Whether everything was looked at. */
  get isDone(): boolean {
    return this.#afterState === undefined && this.#afterIndex === undefined;
  }

  /** Looks at the next part; gives the first thing that is wrong in it. */
  async turn(): Promise<string | undefined> {
    // The past may be given up meanwhile; any kept height is as good for what comes next.
    if (this.#height < this.#store.stateFrom()) this.#height = this.#store.head()?.height ?? 0;
    return (await this.#turnOfState()) ?? (await this.#turnOfIndex());
  }

  async #turnOfState(): Promise<string | undefined> {
    if (this.#afterState === undefined) return undefined;
    const page = await this.#store.listState(this.#part(this.#afterState));
    this.#afterState = page.at(-1)?.key;
    for (const { key, value } of page) {
      for (const { key: entry } of recordIndexChanges(this.#registry, key, null, value)) {
        const options = { prefix: entry, limit: 1, height: this.#height };
        const [found] = await this.#store.listIndex(options);
        if (found !== entry) return `a record without its index entry: ${entry}`;
      }
    }
    return undefined;
  }

  async #turnOfIndex(): Promise<string | undefined> {
    if (this.#afterIndex === undefined) return undefined;
    const page = await this.#store.listIndex(this.#part(this.#afterIndex));
    this.#afterIndex = page.at(-1);
    for (const entry of page) {
      const parts = entry.split('/');
      const key = [...parts.slice(0, 2), ...parts.slice(PARTS_BEFORE_ID)].join('/');
      const value = await this.#store.getStateAt(key, this.#height);
      const isOwn =
        value !== undefined &&
        recordIndexChanges(this.#registry, key, null, value).some((one) => one.key === entry);
      if (!isOwn) return `an index entry without its record: ${entry}`;
    }
    return undefined;
  }

  #part(after: string) {
    const from = after === '' ? {} : { after };
    return { prefix: '', limit: EACH_TURN, height: this.#height, ...from };
  }
}

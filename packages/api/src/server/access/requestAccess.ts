import {
  CodedError,
  type Command,
  decodeTransaction,
  isKeyPart,
  type LedgerEvent,
  limits,
  type QueryReader,
  type TxResult,
} from '@triflow/protocol';
import type { ReadScope } from '../../routes/route.js';
import type { NodeBackend } from '../backend.js';
import { errorFromFault } from '../problems.js';
import type { AccessLog } from './accessPorts.js';
import { namedObjects, namedParties } from './namedParties.js';
import type { Reader } from './reader.js';
import {
  isChainKey,
  keyOfPlace,
  placeOf,
  type RecordPlace,
  tableByName,
  tableOfId,
} from './recordPlace.js';
import { isForAnyone, type Sight, sightOf } from './sight.js';

export interface AccessParts {
  readonly backend: NodeBackend;
  readonly reader: Reader;
  /** Undefined where reads are open to everybody and nothing is logged. */
  readonly log: AccessLog | undefined;
  readonly nowMs: () => number;
}

interface SeenEvent extends LedgerEvent {
  readonly height: number;
}

/** What one request's reader may see, and what it saw by a role only. */
export class RequestAccess {
  readonly reader: Reader;
  readonly #parts: AccessParts;
  readonly #sights = new Map<string, Promise<Sight>>();
  readonly #privileged = new Set<string>();
  readonly #hidden = new Set<string>();
  #more = 0;
  #head: Promise<QueryReader> | undefined;

  constructor(parts: AccessParts) {
    this.#parts = parts;
    this.reader = parts.reader;
  }

  /** Whether everybody reads everything here. */
  get isOpen(): boolean {
    return this.#parts.log === undefined;
  }

  /** How many records were left out, each counted once however often a query met it. */
  get redacted(): number {
    return this.#hidden.size;
  }

  /** Counts a record that was left out. */
  hide(place: RecordPlace): void {
    this.#hidden.add(keyOfPlace(place));
  }

  /** Throws AUTH_SCOPE when the reader's token was made for other parts of the API. */
  requireScope(scope: ReadScope): void {
    if (this.isOpen || this.reader.scopes.includes(scope)) return;
    throw new CodedError('AUTH_SCOPE', `this token does not read ${scope}`, {
      details: { scopes: this.reader.scopes },
    });
  }

  /** Whether the reader sees a record; what is hidden is not counted here. */
  async mayRead(view: QueryReader, place: RecordPlace): Promise<boolean> {
    if (this.isOpen || isForAnyone(place)) return true;
    const key = keyOfPlace(place);
    const sight = await this.#sight(view, key, place);
    if (sight === 'privileged') this.#note(key);
    return sight !== 'hidden';
  }

  /** Whether the reader may have the proof of a key: of what it sees, or that nothing is there. */
  async mayReadKey(view: QueryReader, key: string): Promise<boolean> {
    if (this.isOpen || isChainKey(key)) return true;
    const [contract = '', name = ''] = key.split('/');
    if (tableByName(this.#parts.backend.registry, `${contract}/${name}`) === undefined) {
      const seesAll = this.reader.roles.has('REGULATOR');
      if (seesAll) this.#note(key);
      return seesAll;
    }
    const place = await placeOf(this.#parts.backend.registry, view, key);
    return place === undefined || this.mayRead(view, place);
  }

  /** Throws AUTH_REQUIRED or AUTH_NOT_VISIBLE. */
  refuse(what: string): CodedError {
    return this.reader.party === undefined
      ? new CodedError('AUTH_REQUIRED', `${what}: log in as a party that may read it`)
      : new CodedError('AUTH_NOT_VISIBLE', `${this.reader.party} may not read ${what}`);
  }

  /**
   * Whether the reader sees an event: it names the reader, or is about a record that the reader
   * saw then or sees now. An event on a public record is anyone's, unless
   * it names a party that the record does not name.
   */
  async maySeeEvent(event: SeenEvent): Promise<boolean> {
    if (this.isOpen || isChainKey(`${event.contract}/`)) return true;
    const { party } = this.reader;
    const named = namedParties(event.data);
    named.delete(event.subject);
    if (party !== undefined && (party === event.subject || named.has(party))) return true;
    const place = await this.#subjectOf(event);
    if (place !== undefined && isForAnyone(place) && namesNoMore(place, named)) return true;
    if (party === undefined) return false;
    const key = place === undefined ? eventKey(event) : keyOfPlace(place);
    if (this.reader.roles.has('REGULATOR')) {
      this.#note(key);
      return true;
    }
    if (place === undefined || isForAnyone(place)) return false;
    const then = await this.#viewAt(event.height);
    const former = then && (await placeOf(this.#parts.backend.registry, then, keyOfPlace(place)));
    if (then !== undefined && former !== undefined) return this.mayRead(then, former);
    return this.mayRead(await this.#headView(), place);
  }

  /**
   * Whether the reader sees a whole transaction: it sent it, or is named by each of its commands,
   * or sees each of its events; of one that was refused, every object that its commands name.
   */
  async maySeeTransaction(bytes: Uint8Array, result: TxResult, height: number): Promise<boolean> {
    if (this.isOpen) return true;
    const { party } = this.reader;
    const decoded = decodeTransaction(bytes);
    if (!decoded.ok) return false;
    const { sender, commands } = decoded.value;
    if (party !== undefined) {
      if (sender === party) return true;
      if (commands.every(({ params }) => namedParties(params).has(party))) return true;
    }
    if (this.reader.roles.has('REGULATOR')) {
      this.#note(`tx_${result.txId}`);
      return true;
    }
    if (result.events.length === 0) return this.#seesObjects(commands);
    for (const event of result.events) {
      if (!(await this.maySeeEvent({ ...event, height }))) return false;
    }
    return true;
  }

  /** Writes what only a role opened to the access log; an answer leaves after this. */
  async settle(route: string, requestId: string, height: number): Promise<void> {
    const { log } = this.#parts;
    const { party } = this.reader;
    if (log === undefined || party === undefined || this.#privileged.size === 0) return;
    const subjects = [...this.#privileged];
    const more = this.#more;
    this.#privileged.clear();
    this.#more = 0;
    const timeMs = this.#parts.nowMs();
    await log.append({ timeMs, reader: party, route, requestId, subjects, more, height });
  }

  /** A record as the reader saw it at a height, or sees it now: rights then or rights today. */
  #sight(view: QueryReader, key: string, place: RecordPlace): Promise<Sight> {
    const name = `${view.height} ${key}`;
    const known = this.#sights.get(name);
    if (known !== undefined) return known;
    const found = this.#findSight(view, key, place);
    this.#sights.set(name, found);
    return found;
  }

  async #findSight(view: QueryReader, key: string, place: RecordPlace): Promise<Sight> {
    const { registry } = this.#parts.backend;
    const then = await sightOf(registry, view, this.reader, place);
    if (then === 'own' || then === 'shown' || this.reader.party === undefined) return then;
    const head = await this.#headView();
    if (head.height === view.height) return then;
    const today = await placeOf(registry, head, key);
    if (today === undefined) return then;
    const now = await sightOf(registry, head, this.reader, { ...today, record: today.record });
    return now === 'hidden' ? then : now;
  }

  async #subjectOf({ contract, subject }: SeenEvent): Promise<RecordPlace | undefined> {
    const { registry } = this.#parts.backend;
    const head = await this.#headView();
    const table = tableOfId(registry, subject);
    if (table !== undefined) {
      // A party's record is public, what happens to it elsewhere is not.
      if (table.objectKind === undefined && table.contract !== contract) return undefined;
      return placeOf(registry, head, subject);
    }
    if (!isKeyPart(subject)) return undefined;
    for (const one of registry.contracts.get(contract)?.tables ?? []) {
      const place = await placeOf(registry, head, `${contract}/${one.name}/${subject}`);
      if (place !== undefined) return place;
    }
    return undefined;
  }

  async #seesObjects(commands: readonly Command[]): Promise<boolean> {
    if (this.reader.party === undefined) return false;
    const head = await this.#headView();
    const named = new Set(commands.flatMap(({ params }) => [...namedObjects(params)]));
    for (const id of named) {
      const place = await placeOf(this.#parts.backend.registry, head, id);
      if (place === undefined || !(await this.mayRead(head, place))) return false;
    }
    return named.size > 0;
  }

  #headView(): Promise<QueryReader> {
    this.#head ??= this.#parts.backend.reader().then((reader) => {
      if (!reader.ok) throw errorFromFault(reader.fault);
      return reader.value;
    });
    return this.#head;
  }

  async #viewAt(height: number): Promise<QueryReader | undefined> {
    const reader = await this.#parts.backend.reader(height);
    return reader.ok ? reader.value : undefined;
  }

  #note(key: string): void {
    if (this.#privileged.has(key)) return;
    if (this.#privileged.size >= limits.accessLogSubjectsMax) this.#more += 1;
    else this.#privileged.add(key);
  }
}

/** Whether the record itself, which anyone may read, names all these parties. */
function namesNoMore({ record }: RecordPlace, named: ReadonlySet<string>): boolean {
  const known = namedParties(record);
  return [...named].every((party) => known.has(party));
}

function eventKey({ contract, subject }: SeenEvent): string {
  return `${contract}/event/${subject}`;
}

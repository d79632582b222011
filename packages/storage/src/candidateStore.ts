import { join } from 'node:path';
import { assert, bytesFromHash, type Hash, hashFromBytes, limits } from '@triflow/protocol';
import type { FileSystem, OpenFile } from './fileSystem.js';
import { crc32c, readUint32, writeUint32 } from './recordChecksum.js';
import { HASH_BYTES } from './recordKeys.js';

const MAGIC = 0x54464342; // TFCB
const SLOT_NAME = /^body-\d{3}$/;
/** Magic, CRC32C of the rest and the body, length, valueId. */
const HEAD_BYTES = 12 + HASH_BYTES;

/** Bodies of blocks that may yet be decided, durable before anything is signed for them (P6). */
export interface CandidateStore {
  /** Resolves when the body is durable; saving it again costs nothing. */
  saveBody(valueId: Hash, bytes: Uint8Array): Promise<void>;
  /** The body, or undefined when it is not here or damaged: ask the network for it. */
  loadBody(valueId: Hash): Promise<Uint8Array | undefined>;
  /** Forgets all others (R-M4); their files are used again. */
  keepOnly(valueIds: Iterable<Hash>): void;
  /** What is held, in no particular order. */
  held(): Hash[];
  close(): Promise<void>;
}

interface CandidatePlace {
  readonly fs: FileSystem;
  readonly dir: string;
}

interface Slot {
  readonly file: OpenFile;
  /** What it holds durably; undefined when it is free or being written. */
  valueId: Hash | undefined;
  isBusy: boolean;
}

/**
 * Opens the bodies kept in a directory. Each lies in a file of its own that is used again for the
 * next one, so that saving costs one fdatasync, which can run beside the log's, and no new name.
 * Forgotten ones may come back after a restart: call `keepOnly` when the log has been replayed.
 */
export async function openCandidateStore(at: CandidatePlace): Promise<CandidateStore> {
  const { fs, dir } = at;
  await fs.createDirectory(dir);
  const slots: Slot[] = [];
  const names = (await fs.list(dir)).filter((name) => SLOT_NAME.test(name));
  for (const name of names) {
    const file = await fs.open(join(dir, name), 'existing');
    slots.push({ file, valueId: (await readSlot(file))?.valueId, isBusy: false });
  }
  return new SlotStore(at, slots, new Set(names));
}

class SlotStore implements CandidateStore {
  readonly #fs: FileSystem;
  readonly #dir: string;
  readonly #slots: Slot[];
  /** Files that exist, those just being opened included. */
  readonly #names: Set<string>;
  readonly #saving = new Map<Hash, Promise<void>>();

  constructor(at: CandidatePlace, slots: Slot[], names: Set<string>) {
    this.#fs = at.fs;
    this.#dir = at.dir;
    this.#slots = slots;
    this.#names = names;
  }

  saveBody(valueId: Hash, bytes: Uint8Array): Promise<void> {
    if (this.#slotOf(valueId) !== undefined) return Promise.resolve();
    const underWay = this.#saving.get(valueId);
    if (underWay !== undefined) return underWay;
    const saved = this.#save(valueId, bytes).finally(() => this.#saving.delete(valueId));
    this.#saving.set(valueId, saved);
    return saved;
  }

  async loadBody(valueId: Hash): Promise<Uint8Array | undefined> {
    await this.#saving.get(valueId);
    const slot = this.#slotOf(valueId);
    if (slot === undefined) return undefined;
    const found = await readSlot(slot.file);
    if (found?.valueId === valueId) return found.bytes;
    if (slot.valueId === valueId) slot.valueId = undefined;
    return undefined;
  }

  keepOnly(valueIds: Iterable<Hash>): void {
    const kept = new Set(valueIds);
    for (const slot of this.#slots) {
      if (slot.valueId !== undefined && !kept.has(slot.valueId)) slot.valueId = undefined;
    }
  }

  held(): Hash[] {
    return this.#slots.flatMap(({ valueId }) => (valueId === undefined ? [] : [valueId]));
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#saving.values());
    for (const { file } of this.#slots) await file.close();
  }

  /** A slot whose write failed stays busy: the disk is not to be trusted with it (P9). */
  async #save(valueId: Hash, bytes: Uint8Array): Promise<void> {
    assert(bytes.length <= limits.logRecordBytesMax, 'saveBody: over limits.logRecordBytesMax');
    const free = this.#slots.find((slot) => slot.valueId === undefined && !slot.isBusy);
    const slot = free ?? (await this.#addSlot());
    slot.isBusy = true;
    await slot.file.write(0, encodeSlot(valueId, bytes));
    await slot.file.sync('data');
    slot.valueId = valueId;
    slot.isBusy = false;
  }

  async #addSlot(): Promise<Slot> {
    let number = 0;
    while (this.#names.has(slotName(number))) number += 1;
    assert(number < 2 * limits.candidateBodiesMax, 'saveBody: keepOnly was not called (R-M4)');
    const name = slotName(number);
    this.#names.add(name);
    const file = await this.#fs.open(join(this.#dir, name), 'truncate');
    await this.#fs.syncDirectory(this.#dir);
    const slot: Slot = { file, valueId: undefined, isBusy: true };
    this.#slots.push(slot);
    return slot;
  }

  #slotOf(valueId: Hash): Slot | undefined {
    return this.#slots.find((slot) => slot.valueId === valueId);
  }
}

function slotName(number: number): string {
  return `body-${String(number).padStart(3, '0')}`;
}

function encodeSlot(valueId: Hash, body: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEAD_BYTES + body.length);
  writeUint32(bytes, 0, MAGIC);
  writeUint32(bytes, 8, body.length);
  bytes.set(bytesFromHash(valueId), 12);
  bytes.set(body, HEAD_BYTES);
  writeUint32(bytes, 4, crc32c(bytes.subarray(8)));
  return bytes;
}

/** What a file holds whole; a longer body may have left its end behind it. */
async function readSlot(file: OpenFile): Promise<{ valueId: Hash; bytes: Uint8Array } | undefined> {
  const head = await file.read(0, HEAD_BYTES);
  if (head.length < HEAD_BYTES || readUint32(head, 0) !== MAGIC) return undefined;
  const length = readUint32(head, 8);
  if (length > limits.logRecordBytesMax) return undefined;
  const bytes = await file.read(HEAD_BYTES, length);
  if (bytes.length < length) return undefined;
  if (crc32c(bytes, crc32c(head.subarray(8))) !== readUint32(head, 4)) return undefined;
  const valueId = hashFromBytes(head.subarray(12));
  return valueId === undefined ? undefined : { valueId, bytes };
}

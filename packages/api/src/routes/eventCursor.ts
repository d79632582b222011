/** Where an event stands in the ledger. Events are read strictly after a cursor. */
export interface EventCursor {
  readonly height: number;
  readonly txIndex: number;
  readonly eventIndex: number;
}

/** Stands after every transaction of a block. */
const END_OF_BLOCK = 4_294_967_295;
const CURSOR = /^(0|[1-9][0-9]{0,15})\.(0|[1-9][0-9]{0,9})\.(0|[1-9][0-9]{0,9})$/;

/** `height.txIndex.eventIndex`, the `id:` of an event and the value of `after`. */
export function textFromCursor(cursor: EventCursor): string {
  return `${cursor.height}.${cursor.txIndex}.${cursor.eventIndex}`;
}

/** Reads a cursor's text; undefined for anything else. */
export function cursorFromText(text: string): EventCursor | undefined {
  const match = CURSOR.exec(text);
  if (match === null) return undefined;
  const [height, txIndex, eventIndex] = match.slice(1).map(Number);
  if (height === undefined || txIndex === undefined || eventIndex === undefined) return undefined;
  if (!Number.isSafeInteger(height) || txIndex > END_OF_BLOCK || eventIndex > END_OF_BLOCK) {
    return undefined;
  }
  return { height, txIndex, eventIndex };
}

/** The cursor after all events of a block. */
export function endOfBlock(height: number): EventCursor {
  return { height, txIndex: END_OF_BLOCK, eventIndex: 0 };
}

/** Order of cursors: negative, zero or positive. */
export function compareCursors(a: EventCursor, b: EventCursor): number {
  return a.height - b.height || a.txIndex - b.txIndex || a.eventIndex - b.eventIndex;
}

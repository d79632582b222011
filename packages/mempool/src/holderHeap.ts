import { assert } from '@triflow/protocol';
import type { PartyQueue } from './partyQueue.js';

/** Parties with the one of the largest load on top; equal loads by first arrival. */
export interface HolderHeap {
  readonly queues: PartyQueue[];
  readonly loadOf: (queue: PartyQueue) => number;
}

/** An empty heap that compares by a load. */
export function createHolderHeap(loadOf: (queue: PartyQueue) => number): HolderHeap {
  return { queues: [], loadOf };
}

/** The party with the largest load. */
export function largestHolder(heap: HolderHeap): PartyQueue | undefined {
  return heap.queues[0];
}

/** Puts a party where its load belongs, after it was added or its load changed. */
export function placeHolder(heap: HolderHeap, queue: PartyQueue): void {
  if (queue.heapIndex < 0) {
    queue.heapIndex = heap.queues.length;
    heap.queues.push(queue);
  }
  siftUp(heap, queue);
  siftDown(heap, queue);
}

/** Takes a party out. */
export function removeHolder(heap: HolderHeap, queue: PartyQueue): void {
  const index = queue.heapIndex;
  assert(heap.queues[index] === queue, 'mempool: a party is not where the heap has it');
  const last = heap.queues.pop();
  queue.heapIndex = -1;
  if (last === undefined || last === queue) return;
  heap.queues[index] = last;
  last.heapIndex = index;
  placeHolder(heap, last);
}

function siftUp(heap: HolderHeap, queue: PartyQueue): void {
  while (queue.heapIndex > 0) {
    const parent = heap.queues[(queue.heapIndex - 1) >>> 1];
    if (parent === undefined || isLarger(heap, parent, queue)) return;
    swap(heap, parent, queue);
  }
}

function siftDown(heap: HolderHeap, queue: PartyQueue): void {
  for (;;) {
    const left = heap.queues[2 * queue.heapIndex + 1];
    const right = heap.queues[2 * queue.heapIndex + 2];
    if (left === undefined) return;
    const child = right !== undefined && isLarger(heap, right, left) ? right : left;
    if (isLarger(heap, queue, child)) return;
    swap(heap, queue, child);
  }
}

function isLarger(heap: HolderHeap, a: PartyQueue, b: PartyQueue): boolean {
  const difference = heap.loadOf(a) - heap.loadOf(b);
  return difference === 0 ? a.sequence < b.sequence : difference > 0;
}

function swap(heap: HolderHeap, a: PartyQueue, b: PartyQueue): void {
  const index = a.heapIndex;
  a.heapIndex = b.heapIndex;
  b.heapIndex = index;
  heap.queues[a.heapIndex] = a;
  heap.queues[b.heapIndex] = b;
}

import { verifyStateProof } from '@triflow/crypto';
import { type Hash, utf8FromText } from '@triflow/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proveState } from './proofs.js';
import { type StateChange, StateTree, viewBefore, viewOf } from './stateTree.js';

const DEPTH = 4;
const changesArb = fc.array(
  fc.record({
    key: fc.integer({ min: 0, max: 40 }).map((n) => `contract/table/key${n}`),
    value: fc.option(fc.uint8Array({ minLength: 1, maxLength: 8 }), { nil: null }),
  }),
  { minLength: 1, maxLength: 12 },
);

class Model {
  readonly tree = new StateTree(DEPTH, []);
  readonly buckets = new Map<number, Uint8Array>();
  readonly leaves = new Map<number, Uint8Array>();
  readonly values = new Map<string, Uint8Array>();
  readonly undo: Uint8Array[] = [];
  readonly history: { root: Hash; values: Map<string, Uint8Array> }[] = [];

  apply(changes: readonly StateChange[]): void {
    const last = [...new Map(changes.map((change) => [change.key, change])).values()];
    const update = this.tree.prepare(last, (index) => this.buckets.get(index));
    this.history.push({ root: this.tree.root(), values: new Map(this.values) });
    this.tree.apply(update);
    expect(this.tree.root()).toBe(update.root);
    this.undo.push(update.undo);
    for (const bucket of update.buckets) {
      this.buckets.set(bucket.index, bucket.entries);
      this.leaves.set(bucket.index, bucket.leaf);
    }
    for (const { key, value } of last) {
      if (value === null) this.values.delete(key);
      else this.values.set(key, value);
    }
  }
}

describe('the state tree', () => {
  it('proves presence and absence of every key after random changes', () => {
    fc.assert(
      fc.property(fc.array(changesArb, { minLength: 1, maxLength: 6 }), (blocks) => {
        const model = new Model();
        for (const changes of blocks) model.apply(changes);
        const view = viewOf(model.tree, (index) => model.buckets.get(index));
        for (let n = 0; n <= 41; n += 1) {
          const key = `contract/table/key${n}`;
          const value = model.values.get(key) ?? null;
          const proof = proveState(view, key, value);
          const verdict = verifyStateProof({ root: model.tree.root(), depth: DEPTH, proof });
          expect(verdict).toEqual({ ok: true, value: value === null ? 'absence' : 'inclusion' });
        }
      }),
      { numRuns: 40 },
    );
  });

  it('equal contents give equal roots, whatever the way to them', () => {
    fc.assert(
      fc.property(fc.array(changesArb, { minLength: 1, maxLength: 5 }), (blocks) => {
        const model = new Model();
        for (const changes of blocks) model.apply(changes);
        const fresh = new Model();
        fresh.apply([...model.values].map(([key, value]) => ({ key, value })).reverse());
        if (model.values.size > 0) expect(fresh.tree.root()).toBe(model.tree.root());
      }),
      { numRuns: 40 },
    );
  });

  it('is rebuilt from its leaves alone', () => {
    const model = new Model();
    for (let n = 0; n < 50; n += 1) {
      model.apply([{ key: `contract/table/key${n}`, value: utf8FromText(String(n)) }]);
    }
    const leaves = [...model.leaves].map(([index, leaf]) => ({ index, leaf }));
    expect(new StateTree(DEPTH, leaves).root()).toBe(model.tree.root());
  });

  it('gives every earlier height back, with proofs', () => {
    fc.assert(
      fc.property(fc.array(changesArb, { minLength: 2, maxLength: 6 }), (blocks) => {
        const model = new Model();
        for (const changes of blocks) model.apply(changes);
        for (const [height, { root, values }] of model.history.entries()) {
          const undo = model.undo.slice(height).reverse();
          const view = viewBefore(model.tree, undo, (index) => model.buckets.get(index));
          for (const n of [0, 7, 40]) {
            const key = `contract/table/key${n}`;
            const proof = proveState(view, key, values.get(key) ?? null);
            expect(verifyStateProof({ root, depth: DEPTH, proof }).ok).toBe(true);
          }
        }
      }),
      { numRuns: 25 },
    );
  });

  it('a proof of one value does not prove another', () => {
    const model = new Model();
    model.apply([{ key: 'contract/table/a', value: utf8FromText('1') }]);
    const view = viewOf(model.tree, (index) => model.buckets.get(index));
    const proof = proveState(view, 'contract/table/a', utf8FromText('2'));
    expect(verifyStateProof({ root: model.tree.root(), depth: DEPTH, proof }).ok).toBe(false);
    const absent = proveState(view, 'contract/table/a', null);
    expect(verifyStateProof({ root: model.tree.root(), depth: DEPTH, proof: absent }).ok).toBe(
      false,
    );
  });
});

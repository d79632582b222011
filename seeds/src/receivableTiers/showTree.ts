import { moneyText } from '../figures.js';
import { expectSame, present, ScenarioError } from '../scenarioError.js';
import { nameIn, type Stage } from '../stage.js';
import { claimOf } from '../trade/sellGoods.js';
import type { TierNames } from './names.js';
import { ADVANCE_MINOR, steps } from './terms.js';

/** One claim of the tree that nobody has split or handed on. */
export interface Leaf {
  readonly tier: number;
  readonly holder: string;
  readonly face: string;
  readonly financed: boolean;
}

/** Who holds which part now: each tier what it kept, the last one's share the bank that paid it. */
export function leavesOf({ kept, received }: TierNames) {
  const own = steps.map((step, index) => {
    return { id: kept[index] ?? '', holder: step.from, minor: step.keptMinor };
  });
  const last = { id: received.at(-1) ?? '', holder: 'bank-bohai', minor: lastMinor() };
  return [...own, last];
}

/**
 * The regulator looks through all tiers (穿透式监管): the query gives the tree, and each claim in
 * it is then read with proof.
 */
export async function showTree(stage: Stage, names: TierNames): Promise<readonly Leaf[]> {
  const { root } = names;
  await expectTree(stage, names);
  const leaves: Leaf[] = [];
  for (const { id, holder, minor } of leavesOf(names)) {
    const claim = await claimOf(stage, 'regulator', id);
    expectSame(`the holder of ${id}`, claim.holder, stage.cast.actor(holder).id);
    expectSame(`the face of ${id}`, claim.face.minor, minor);
    const financed = claim.financing !== undefined;
    expectSame(`whether ${id} is financed`, financed, holder === 'bank-bohai');
    const face = moneyText(minor, 'CNY');
    leaves.push({ tier: claim.tier, holder: nameIn(stage, holder), face, financed });
    const lent = financed ? `, advance ${moneyText(ADVANCE_MINOR, 'CNY')}` : '';
    const branch = `${'  '.repeat(claim.tier - 1)}tier ${claim.tier}: ${nameIn(stage, holder)}`;
    stage.tell('data', `${branch} holds ${id}, ${face}${lent}`);
  }
  const sum = leavesOf(names).reduce((total, leaf) => total + leaf.minor, 0n);
  const whole = await claimOf(stage, 'regulator', root);
  expectSame(`the leaves of ${root} together`, sum, whole.face.minor);
  return leaves;
}

/** The node's tree has exactly the claims that the story made, all of them, in four tiers. */
async function expectTree(stage: Stage, names: TierNames): Promise<void> {
  const { root, kept, paid, received } = names;
  const { client } = stage.cast;
  const found = await client('regulator').query('penetrate', { root, direction: 'down' });
  const { data } = found;
  if (typeof data !== 'object' || data === null || !('items' in data) || !('complete' in data)) {
    throw new ScenarioError('SCENARIO_DIFFERS', `penetrate of ${root} gives no tree`);
  }
  expectSame(`whether the tree of ${root} is complete`, data.complete, true);
  const items = Array.isArray(data.items) ? data.items : [];
  const ids = items.map((item: { readonly id?: unknown }) => String(present('a node', item.id)));
  const expected = [root, ...kept, ...paid, ...received];
  expectSame(`the claims under ${root}`, ids.sort(), expected.sort());
}

function lastMinor(): bigint {
  return steps.at(-1)?.paidMinor ?? 0n;
}

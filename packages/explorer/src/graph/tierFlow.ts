import { sankey, sankeyLeft } from 'd3-sankey';

/** One claim of a tree: created whole, consumed whole, replaced by its children. */
export interface Claim {
  readonly id: string;
  readonly parents: readonly string[];
  readonly minor: bigint;
  readonly tier: number;
  readonly holder: string;
}

/** What one company has received in one tier: a bar as high as the amount. */
export interface TierBar {
  readonly key: string;
  readonly holder: string;
  /** 0 is the debtor, who owes it all. */
  readonly tier: number;
  readonly minor: bigint;
  /** Not passed on. */
  readonly keptMinor: bigint;
  readonly claims: readonly string[];
  readonly x: number;
  readonly y: number;
  readonly height: number;
}

/** What went from one company to the next. */
export interface TierLink {
  readonly key: string;
  readonly minor: bigint;
  readonly thickness: number;
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
}

export interface TierDrawing {
  readonly width: number;
  readonly height: number;
  readonly bars: readonly TierBar[];
  readonly links: readonly TierLink[];
}

export const BAR_WIDTH = 156;
const GAP_X = 58;
const GAP_Y = 14;
const HEIGHT = 300;
const PARTS = 1_000_000n;

interface Group {
  readonly key: string;
  readonly holder: string;
  readonly tier: number;
  readonly minor: bigint;
  readonly claims: readonly string[];
}

interface Flow {
  readonly source: string;
  readonly target: string;
  readonly minor: bigint;
  readonly value: number;
}

/**
 * Where the value of a voucher went: from the debtor through its holders, tier by tier. Parts that
 * one company holds in one tier are one bar; what it passed on leaves it, what it kept stays.
 */
export function tierFlow(debtor: string, claims: readonly Claim[]): TierDrawing {
  const { groups, flows } = gather(debtor, claims);
  if (flows.length === 0) return { width: 0, height: 0, bars: [], links: [] };
  const columns = columnsOf(groups, flows);
  const width = columns * BAR_WIDTH + (columns - 1) * GAP_X;
  const place = sankey<Group, Flow>()
    .nodeId(({ key }) => key)
    .nodeAlign(sankeyLeft)
    .nodeWidth(BAR_WIDTH)
    .nodePadding(GAP_Y)
    .extent([
      [0, 0],
      [width, HEIGHT],
    ]);
  const nodes = groups.map((group) => ({ ...group }));
  const placed = place({ nodes, links: flows.map((flow) => ({ ...flow })) });
  return {
    width,
    height: HEIGHT,
    bars: placed.nodes.map((node): TierBar => {
      const { key, holder, tier, minor, claims: ids, x0 = 0, y0 = 0, y1 = 0 } = node;
      const passed = flows.filter(({ source }) => source === key);
      const keptMinor = minor - passed.reduce((sum, flow) => sum + flow.minor, 0n);
      return { key, holder, tier, minor, keptMinor, claims: ids, x: x0, y: y0, height: y1 - y0 };
    }),
    links: placed.links.map(({ source, target, minor, width: thickness = 0, y0 = 0, y1 = 0 }) => {
      const [left, right] = [xOf(source) + BAR_WIDTH, xOf(target)];
      return {
        key: `${left} ${y0} ${right} ${y1}`,
        minor,
        thickness,
        from: [left, y0],
        to: [right, y1],
      };
    }),
  };
}

/** Claims with each one's children after it, and how deep it stands. */
export function inTreeOrder(
  claims: readonly Claim[],
): readonly { readonly claim: Claim; readonly depth: number }[] {
  const ids = new Set(claims.map(({ id }) => id));
  const ordered = new Map<string, { claim: Claim; depth: number }>();
  const visit = (claim: Claim, depth: number): void => {
    if (ordered.has(claim.id)) return;
    ordered.set(claim.id, { claim, depth });
    for (const child of claims) if (child.parents[0] === claim.id) visit(child, depth + 1);
  };
  for (const claim of claims) if (!ids.has(claim.parents[0] ?? '')) visit(claim, 0);
  return [...ordered.values()];
}

function gather(
  debtor: string,
  claims: readonly Claim[],
): { readonly groups: readonly Group[]; readonly flows: readonly Flow[] } {
  const start = `0 ${debtor}`;
  const keys = new Map(claims.map((claim) => [claim.id, `${claim.tier} ${claim.holder}`]));
  const roots = claims.filter(({ parents }) => !parents.some((parent) => keys.has(parent)));
  const total = sumOf(roots);
  const amounts = new Map<string, { minor: bigint; source: string; target: string }>();
  for (const claim of claims) {
    const target = keys.get(claim.id) ?? start;
    const sources = new Set(claim.parents.flatMap((parent) => keys.get(parent) ?? []));
    const source = [...sources][0] ?? start;
    if (!isForward(source, target)) continue;
    const key = `${source}\n${target}`;
    const before = amounts.get(key)?.minor ?? 0n;
    amounts.set(key, { source, target, minor: before + claim.minor });
  }
  const flows = [...amounts.values()]
    .filter(({ minor }) => minor > 0n)
    .map((one) => ({ ...one, value: Number((one.minor * PARTS) / (total || 1n)) }));
  const named = new Set(flows.flatMap(({ source, target }) => [source, target]));
  const groups = [...named].map((key): Group => {
    const members = claims.filter(({ id }) => keys.get(id) === key);
    const received = flows.filter(({ target }) => target === key);
    return {
      key,
      holder: members[0]?.holder ?? debtor,
      tier: members[0]?.tier ?? 0,
      minor: received.length === 0 ? total : received.reduce((sum, { minor }) => sum + minor, 0n),
      claims: members.map(({ id }) => id),
    };
  });
  return { groups, flows };
}

/** From tier to tier, or within one in a fixed order: a drawing has no circles. */
function isForward(source: string, target: string): boolean {
  const [from, to] = [Number.parseInt(source, 10), Number.parseInt(target, 10)];
  return from < to || (from === to && source < target);
}

function columnsOf(groups: readonly Group[], flows: readonly Flow[]): number {
  const depths = new Map<string, number>();
  const depthOf = (key: string): number => {
    const known = depths.get(key);
    if (known !== undefined) return known;
    const before = flows
      .filter(({ target }) => target === key)
      .map(({ source }) => depthOf(source));
    const depth = before.length === 0 ? 0 : Math.max(...before) + 1;
    depths.set(key, depth);
    return depth;
  };
  return Math.max(...groups.map(({ key }) => depthOf(key))) + 1;
}

const sumOf = (claims: readonly Claim[]): bigint => {
  return claims.reduce((sum, { minor }) => sum + minor, 0n);
};

function xOf(node: string | number | { readonly x0?: number | undefined }): number {
  return typeof node === 'object' ? (node.x0 ?? 0) : 0;
}

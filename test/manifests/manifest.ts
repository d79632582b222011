import { faultsMax } from '@triflow/protocol';
import { parse as parseToml, TomlError } from 'smol-toml';
import { z } from 'zod';
import { lineOfPath } from './lineOfPath.js';

const NODES_MAX = 16;
const SECONDS_MAX = 86_400;
/** A removal leaves no fewer (R-S3). */
export const SEATS_MIN = 4;
/** How long a node that lost its disk counts as a fault after it is back (P11). */
export const QUARANTINE_SECONDS = 15;

const node = z.number().int().min(0);
const seconds = z.number().min(0).max(SECONDS_MAX);
const window = { atSeconds: seconds, forSeconds: seconds.default(0) };

const perturbationSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('kill'), nodes: z.array(node).min(1), ...window }),
  z.strictObject({ kind: z.literal('restart'), node, ...window }),
  z.strictObject({ kind: z.literal('pause'), node, ...window }),
  z.strictObject({ kind: z.literal('disconnect'), node, ...window }),
  z.strictObject({ kind: z.literal('partition'), groups: z.array(z.array(node)), ...window }),
  z.strictObject({ kind: z.literal('slow'), node, latencyMs: z.number().int().min(1), ...window }),
  z.strictObject({ kind: z.literal('lose-disk'), node, ...window }),
  z.strictObject({ kind: z.literal('disk-full'), node, ...window }),
  z.strictObject({ kind: z.literal('tear-log'), node, bytes: z.number().int().min(1), ...window }),
  z.strictObject({ kind: z.literal('lose-logs'), nodes: z.array(node).min(1), ...window }),
  z.strictObject({ kind: z.literal('clock'), node, byMs: z.number().int(), ...window }),
  z.strictObject({ kind: z.literal('join'), node, atSeconds: seconds }),
  z.strictObject({ kind: z.literal('vote-in'), node, atSeconds: seconds }),
  z.strictObject({ kind: z.literal('vote-out'), node, atSeconds: seconds }),
  z.strictObject({ kind: z.literal('rekey'), node, atSeconds: seconds }),
]);

const manifestSchema = z.strictObject({
  name: z.string().min(1),
  /** Of the clients' choices. */
  seed: z.number().int().min(0).default(1),
  nodes: z.number().int().min(1).max(NODES_MAX),
  /** Nodes behind the validators that follow and sign nothing. */
  observers: z.number().int().min(0).max(NODES_MAX).default(0),
  /** Nodes that are not there at the start. */
  late: z.array(node).default([]),
  parameters: z
    .strictObject({ blockIntervalMs: z.number().int().min(20).max(10_000).exactOptional() })
    .default({}),
  load: z.strictObject({
    clients: z.number().int().min(1).max(64),
    registers: z.number().int().min(1).max(12),
    readPercent: z.number().int().min(0).max(100).default(50),
    pauseMs: z.number().int().min(0).default(0),
  }),
  perturbation: z.array(perturbationSchema).default([]),
  expect: z.strictObject({
    /** The load goes on until so many are done, and the last perturbation is over. */
    operations: z.number().int().min(1),
    heights: z.number().int().min(1),
  }),
});

export type Perturbation = z.infer<typeof perturbationSchema>;
export type Manifest = z.infer<typeof manifestSchema>;

/** A manifest, or what is wrong with it: each fault names its line and key. */
export type ParsedManifest =
  | { readonly ok: true; readonly value: Manifest }
  | { readonly ok: false; readonly faults: readonly string[] };

/** Reads a manifest from TOML. */
export function parseManifest(text: string): ParsedManifest {
  let document: unknown;
  try {
    document = parseToml(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const [first = ''] = error.message.split('\n');
    return { ok: false, faults: [`line ${error.line}: ${first}`] };
  }
  const at = (path: readonly PropertyKey[]): string => {
    return `line ${lineOfPath(text, path)}: ${path.map(String).join('.')}`;
  };
  const parsed = manifestSchema.safeParse(document);
  if (!parsed.success) {
    return {
      ok: false,
      faults: parsed.error.issues.map(({ path, message }) => `${at(path)}: ${message}`),
    };
  }
  const faults = manifestFaults(parsed.data).map(({ path, message }) => `${at(path)}: ${message}`);
  return faults.length === 0 ? { ok: true, value: parsed.data } : { ok: false, faults };
}

/** When a perturbation is over, in seconds from the start. */
export function endOf(one: Perturbation): number {
  return 'forSeconds' in one ? one.atSeconds + one.forSeconds : one.atSeconds;
}

/** The nodes that a perturbation touches. */
export function nodesOf(one: Perturbation): readonly number[] {
  if (one.kind === 'kill' || one.kind === 'lose-logs') return one.nodes;
  return one.kind === 'partition' ? one.groups.flat() : [one.node];
}

/** What a perturbation has to itself while it lasts: processes, or the cut of the links. */
export function subjectsOf(one: Perturbation): readonly string[] {
  if (isCut(one)) return ['cut'];
  if (one.kind === 'lose-logs') return everything;
  if (isOfSeats(one)) return ['seats', `node ${one.node}`];
  return one.kind === 'slow' ? [`slow ${one.node}`] : nodesOf(one).map((node) => `node ${node}`);
}

/** While the operators give their word all others must be up and reached (P11). */
const everything: readonly string[] = Array.from({ length: 2 * NODES_MAX }, (_, at) => [
  `node ${at}`,
  `slow ${at}`,
])
  .flat()
  .concat('cut', 'seats');

interface Fault {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** What no single field shows. */
function manifestFaults(manifest: Manifest): Fault[] {
  const { nodes, observers, late, perturbation } = manifest;
  const faults: Fault[] = [];
  const last = nodes + observers - 1;
  const inRange = (index: number): boolean => index <= last;
  if (!late.every(inRange)) faults.push({ path: ['late'], message: `nodes are 0 to ${last}` });
  for (const index of late) {
    const joins = perturbation.filter((one) => one.kind === 'join' && one.node === index);
    if (joins.length !== 1) {
      faults.push({ path: ['late'], message: `node ${index} needs one perturbation join` });
    }
  }
  for (const [at, one] of perturbation.entries()) {
    const path = ['perturbation', at];
    if (!nodesOf(one).every(inRange)) {
      faults.push({ path, message: `nodes are 0 to ${last}` });
    }
    const seated = seatsAt(manifest, one.atSeconds);
    const outside = nodesOf(one).filter((index) => !seated.has(index));
    if (needsSeats(one) && outside.length > 0) {
      faults.push({ path, message: `no validator at that time: ${outside.join(', ')}` });
    }
    if (one.kind === 'vote-in' && outside.length === 0) {
      faults.push({ path, message: `node ${one.node} is a validator already` });
    }
    if (one.kind === 'vote-out' && seated.size <= SEATS_MIN) {
      faults.push({ path, message: `fewer than ${SEATS_MIN} validators would be left` });
    }
    if (one.kind === 'join' && !late.includes(one.node)) {
      faults.push({ path, message: `node ${one.node} is not late` });
    }
    const before = perturbation.slice(0, at).find((other) => clash(other, one));
    if (before !== undefined) {
      faults.push({ path, message: `meets a ${before.kind} of the same nodes or links` });
    }
    const lost = perturbation.filter((other) => isLoss(other) && overlapsLoss(other, one));
    const lostMax = faultsMax(seated.size);
    if (isLoss(one) && lost.length > lostMax) {
      faults.push({ path, message: `more than ${lostMax} nodes would have lost their disk` });
    }
  }
  return faults;
}

/** Two that would undo one another: on one process, one delay or one cut of the links at a time. */
export function clash(a: Perturbation, b: Perturbation): boolean {
  const shared = subjectsOf(a).some((subject) => subjectsOf(b).includes(subject));
  if (!shared) return false;
  // A node that joins late is not there before.
  if (a.kind === 'join') return b.atSeconds <= a.atSeconds;
  if (b.kind === 'join') return a.atSeconds <= b.atSeconds;
  return a.atSeconds <= endOf(b) && b.atSeconds <= endOf(a);
}

function isCut({ kind }: Perturbation): boolean {
  return kind === 'disconnect' || kind === 'partition';
}

function isLoss({ kind }: Perturbation): boolean {
  return kind === 'lose-disk' || kind === 'tear-log' || kind === 'lose-logs';
}

function needsSeats({ kind }: Perturbation): boolean {
  return ['tear-log', 'lose-logs', 'vote-out', 'rekey'].includes(kind);
}

function isOfSeats(
  one: Perturbation,
): one is Extract<Perturbation, { kind: 'vote-in' | 'vote-out' | 'rekey' }> {
  return one.kind === 'vote-in' || one.kind === 'vote-out' || one.kind === 'rekey';
}

/** Which nodes are validators just before a time, as far as the manifest goes. */
function seatsAt({ nodes, perturbation }: Manifest, atSeconds: number): ReadonlySet<number> {
  const seated = new Set(Array.from({ length: nodes }, (_, index) => index));
  const changes = perturbation
    .filter((one) => isOfSeats(one) && one.atSeconds < atSeconds)
    .toSorted((a, b) => a.atSeconds - b.atSeconds);
  for (const one of changes) {
    if (one.kind === 'vote-in') seated.add(one.node);
    if (one.kind === 'vote-out') seated.delete(one.node);
  }
  return seated;
}

function overlapsLoss(a: Perturbation, b: Perturbation): boolean {
  const apart = a.atSeconds > endOf(b) + QUARANTINE_SECONDS;
  return !apart && b.atSeconds <= endOf(a) + QUARANTINE_SECONDS;
}

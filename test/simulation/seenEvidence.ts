import type { RunningNode } from '@triflow/node';
import { decodeEvidence, type Evidence, type Hash, limits } from '@triflow/protocol';

/**
 * I9, the other half: an equivocation that a correct node has seen stands in the next block that
 * it builds, if no earlier one has it. Listens to what nodes see and build; judges at the end.
 */
export class SeenEvidence {
  /** What the builder of a block had seen of earlier heights. */
  readonly #owed = new Map<Hash, readonly string[]>();
  readonly #recorded = new Map<string, number>();

  /** From now on this life of a node is listened to. */
  watch({ chain }: RunningNode): void {
    const seen = new Map<string, number>();
    const add = chain.addEvidence.bind(chain);
    chain.addEvidence = (evidence) => {
      seen.set(slotOf(evidence), evidence.height);
      add(evidence);
    };
    const build = chain.build.bind(chain);
    chain.build = async (request) => {
      const owed = [...seen].filter(([, height]) => height < request.height).map(([slot]) => slot);
      const built = await build(request);
      if (built !== null) this.#owed.set(built.valueId, owed);
      return built;
    };
  }

  /** A committed block, in order; what it should hold and does not. */
  missingIn(height: number, valueId: Hash, bodies: readonly Uint8Array[]): readonly string[] {
    for (const bytes of bodies) {
      const evidence = decodeEvidence(bytes);
      if (!evidence.ok) continue;
      const slot = slotOf(evidence.value);
      this.#recorded.set(slot, Math.min(height, this.#recorded.get(slot) ?? height));
    }
    if (bodies.length >= limits.evidencePerBlockMax) return [];
    return (this.#owed.get(valueId) ?? []).filter((slot) => {
      return (this.#recorded.get(slot) ?? Number.POSITIVE_INFINITY) > height;
    });
  }
}

function slotOf({ validator, height, round, kind }: Evidence): string {
  return `${validator}'s two ${kind}s at ${height}/${round}`;
}

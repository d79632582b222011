import { limits } from '@triflow/protocol';
import type { ConsensusState } from '../state.js';

/**
 * R-D2, R-M1: whether a message of a height and round is worth a signature check at all. The
 * next height's rounds 0 and 1 are buffered by the driver; everything beyond is dropped.
 */
export function messageWindow(
  state: Pick<ConsensusState, 'round' | 'base'>,
  height: number,
  round: number,
): 'now' | 'early' | 'drop' {
  const current = state.base.height;
  if (height === current + 1) return round <= 1 ? 'early' : 'drop';
  if (height !== current) return 'drop';
  return round >= state.round - limits.keptRounds ? 'now' : 'drop';
}

import type { Invariant } from '../invariant.js';
import {
  bodies,
  custodies,
  custodySteps,
  eventIds,
  lotEventEntries,
  lotEventLists,
  sequenceParts,
  traceEvents,
} from './keys.js';
import { unitInvariants } from './unitInvariants.js';

/** Checked after random command sequences, and by whoever holds a whole state. */
export const invariants: readonly Invariant[] = [
  {
    rule: 'an event has all its bytes',
    broken: (state) =>
      state
        .records(traceEvents)
        .filter((event) => {
          let bytes = 0;
          for (let piece = 0; piece < event.bodyPieces; piece += 1) {
            bytes += state.read(bodies, event.key, String(piece))?.bytes.length ?? 0;
          }
          return bytes !== event.bodyBytes || !event.hash.includes(event.key.slice(0, 64));
        })
        .map((event) => `event bytes: ${event.key}`),
  },
  {
    rule: 'an eventID stands for one content',
    broken: (state) => {
      const hashes = new Map<string, string>();
      const twice: string[] = [];
      for (const { eventId, key } of state.records(traceEvents)) {
        if (eventId === undefined) continue;
        const hex = key.slice(0, 64);
        if ((hashes.get(eventId) ?? hex) !== hex) twice.push(`eventID: ${eventId}`);
        hashes.set(eventId, hex);
      }
      const known = state.records(eventIds).length === hashes.size;
      return known ? twice : [...twice, 'eventID: as many uses as ids'];
    },
  },
  {
    rule: "a lot's story has every number once and no event twice",
    broken: (state) => {
      const entries = state.records(lotEventEntries);
      const pairs = new Set(entries.map((entry) => `${entry.lot} ${entry.event}`));
      const lots = [...new Set(entries.map((entry) => entry.lot))];
      const gaps = lots.filter((lot) => {
        const list = state.read(lotEventLists, lot);
        const last = list && state.read(lotEventEntries, ...sequenceParts(lot, list.count));
        const count = entries.filter((entry) => entry.lot === lot).length;
        return list?.count !== count || last?.event !== list.latest.at(-1);
      });
      const twice = pairs.size === entries.length ? [] : ['story: an event stands twice'];
      return [...twice, ...gaps.map((lot) => `story: ${lot}`)];
    },
  },
  {
    rule: 'T1 one custodian; custody follows the signed steps',
    broken: (state) =>
      state
        .records(custodies)
        .filter((custody) => {
          const steps: number[] = [];
          let holder: string | undefined;
          for (let step = 1; step <= custody.steps; step += 1) {
            const record = state.read(custodySteps, ...sequenceParts(custody.lot, step));
            if (record === undefined) steps.push(step);
            if (record?.kind === 'hand_over') holder = record.receiver;
          }
          const follows = holder === undefined || holder === custody.custodian;
          const pending = custody.state === 'HAND_OVER_PENDING';
          return steps.length > 0 || !follows || pending !== (custody.receiver !== undefined);
        })
        .map((custody) => `T1: ${custody.lot}`),
  },
  ...unitInvariants,
];

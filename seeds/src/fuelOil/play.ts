import { nameIn, type Stage } from '../stage.js';
import type { EventFrame } from './goodsEvents.js';
import type { Names } from './names.js';

/** One playing of the scenario: the stage and the ids of this run. */
export interface Play {
  readonly stage: Stage;
  readonly names: Names;
}

/** Who plays, by the aliases of a devnet. */
export const players = [
  'governor',
  'refinery',
  'supplier',
  'carrier',
  'warehouse',
  'bank-yangtze',
  'bank-bohai',
  'supervisor',
  'registry',
  'oracle-1',
  'oracle-2',
  'oracle-3',
] as const;

export type Player = (typeof players)[number];

/** A party's name as it reads in a sentence. */
export function nameOf({ stage }: Play, alias: Player): string {
  return nameIn(stage, alias);
}

/** The frame of this run's events, at this moment. */
export function eventFrame({ stage, names }: Play): EventFrame {
  const id = (alias: Player): string => stage.cast.actor(alias).id;
  return {
    parties: {
      supplier: id('supplier'),
      refinery: id('refinery'),
      carrier: id('carrier'),
      warehouse: id('warehouse'),
    },
    order: names.order,
    nowMs: stage.nowMs(),
  };
}

/** Money of the story. */
export function usd(minor: bigint): { readonly minor: bigint; readonly currency: string } {
  return { minor, currency: 'USD' };
}

/** Goods of the story. */
export function barrels(value: bigint): {
  readonly value: bigint;
  readonly unit: string;
  readonly scale: number;
} {
  return { value, unit: 'BLL', scale: 0 };
}

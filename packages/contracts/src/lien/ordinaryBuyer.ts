import type { LienClass } from './schema.js';

/** Facts of a sale that decide whether its buyer takes free (404, Interp. 56). */
export interface OrdinarySale {
  /** The seller's licensed scope has such goods, and it sells them continuously. */
  readonly withinLicensedScope: boolean;
  readonly soldContinuously: boolean;
  readonly reasonablePricePaid: boolean;
  readonly goodsDelivered: boolean;
  /** More than a buyer of such goods usually takes. */
  readonly abnormalQuantity: boolean;
  readonly productionEquipment: boolean;
  /** The sale is meant to secure somebody's debt. */
  readonly saleAsSecurity: boolean;
  /** One controls the other, directly or not; an unfinished search reads as yes (R14). */
  readonly controlRelation: 'affiliated' | 'not_affiliated' | 'search_incomplete';
  /** A buyer in its place should have searched the register, and did not. */
  readonly omittedSearch: boolean;
}

export type OrdinaryBuyerObstacle =
  | 'outside_licensed_scope'
  | 'not_sold_continuously'
  | 'reasonable_price_not_paid'
  | 'goods_not_delivered'
  | 'abnormal_quantity'
  | 'production_equipment'
  | 'sale_as_security'
  | 'control_relation'
  | 'register_not_searched';

/** A buyer who takes free is free of these; never of a pledge. */
const FREE_OF: readonly LienClass[] = [
  'MORTGAGE',
  'FLOATING_MORTGAGE',
  'PURCHASE_MONEY',
  'TITLE_RETENTION',
  'FINANCE_LEASE',
];

/**
 * Whether a buyer in the ordinary course takes goods free of registered mortgages, title retention
 * and leases (404, Interp. 56): only if every condition holds and no exception does.
 */
export function ordinaryBuyer(sale: OrdinarySale): {
  readonly takesFree: boolean;
  readonly freeOf: readonly LienClass[];
  readonly obstacles: readonly OrdinaryBuyerObstacle[];
  readonly articles: readonly string[];
} {
  const checks: readonly (readonly [boolean, OrdinaryBuyerObstacle])[] = [
    [!sale.withinLicensedScope, 'outside_licensed_scope'],
    [!sale.soldContinuously, 'not_sold_continuously'],
    [!sale.reasonablePricePaid, 'reasonable_price_not_paid'],
    [!sale.goodsDelivered, 'goods_not_delivered'],
    [sale.abnormalQuantity, 'abnormal_quantity'],
    [sale.productionEquipment, 'production_equipment'],
    [sale.saleAsSecurity, 'sale_as_security'],
    [sale.controlRelation !== 'not_affiliated', 'control_relation'],
    [sale.omittedSearch, 'register_not_searched'],
  ];
  const obstacles = checks.filter(([stands]) => stands).map(([, name]) => name);
  const takesFree = obstacles.length === 0;
  return {
    takesFree,
    freeOf: takesFree ? FREE_OF : [],
    obstacles,
    articles: ['404', 'Interp. 56'],
  };
}

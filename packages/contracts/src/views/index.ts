import type { QueryHandler } from '@triflow/protocol';
import { maturityLadder, overdueSme, vouchersOverTerm } from './dueViews.js';
import { duplicateFinanceCandidates } from './duplicates.js';
import { encumbrances } from './encumbrances.js';
import { evidencePack } from './evidencePack.js';
import { exposureByBorrower, exposureByCoreEnterprise } from './exposure.js';
import { ltvBreaches, waterfall } from './facilityViews.js';
import { inventoryReconcile } from './inventoryReconcile.js';
import { penetrate } from './penetrate.js';
import { reportExportOf } from './reportExport.js';

/** What `reportExport` can write down. */
const reports: Readonly<Record<string, QueryHandler>> = {
  penetrate,
  exposureByBorrower,
  exposureByCoreEnterprise,
  ltvBreaches,
  duplicateFinanceCandidates,
  inventoryReconcile,
  maturityLadder,
  overdueSme,
  vouchersOverTerm,
  waterfall,
};

/** The queries that span contracts, by name (domain section 6). */
export const views: ReadonlyMap<string, QueryHandler> = new Map(
  Object.entries({
    ...reports,
    encumbrances,
    evidencePack,
    reportExport: reportExportOf(reports),
  }),
);

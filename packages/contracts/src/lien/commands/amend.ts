import { OK, type PartyId, type ReadContext, type Status } from '@triflow/protocol';
import type { z } from 'zod';
import { firstProblem } from '../../params.js';
import { countersigned } from '../../pending.js';
import { isStatus } from '../../status.js';
import { frozenProblem, holderProblem } from '../guards.js';
import { findLien } from '../internal.js';
import { loadRankCase, rank } from '../rank.js';
import { changeLien } from '../records.js';
import { commandSchemas, type Lien } from '../schema.js';
import { status } from '../statusCodes.js';

type Params = z.infer<typeof commandSchemas.amend>;

/**
 * The holder changes what a lien secures. Made wider it needs the grantor, and everyone whose lien
 * on the asset does not stand before it (409).
 */
export const amend = countersigned<Params>({
  who: 'anyone',
  params: commandSchemas.amend,
  object: (params) => params.id,
  signers: (context, params) => {
    const lien = findLien(context, params.id);
    if (lien === undefined || !isWider(lien, params)) return [];
    return [lien.grantor, ...params.consents];
  },
  verify: (context, params, phase) => {
    const lien = findLien(context, params.id);
    if (lien === undefined) return status('object_not_found');
    const { expectedVersion } = params;
    return firstProblem(
      () => holderProblem(context, lien, { states: ['EFFECTIVE'], expectedVersion, phase }),
      () => frozenProblem(context, lien.asset.id),
      () => amountProblem(lien, params),
      () => (phase === 'open' ? OK : unchangedProblem(lien, params)),
      () => consentProblem(context, lien, params),
    );
  },
  execute: (context, { id, securedMax }) => {
    const lien = findLien(context, id);
    if (lien === undefined) return status('object_not_found');
    changeLien(context, { ...lien, securedMax }, 'lien.amended');
    return OK;
  },
});

function isWider(lien: Lien, params: Params): boolean {
  return params.securedMax.minor > lien.securedMax.minor;
}

function amountProblem(lien: Lien, { securedMax }: Params): Status {
  if (securedMax.currency !== lien.securedMax.currency) return status('currency_does_not_match');
  return securedMax.minor > 0n ? OK : status('amount_must_be_positive');
}

/** Signatures were given for the lien as it stood. */
function unchangedProblem(lien: Lien, { expectedVersion }: Params): Status {
  return lien.version === expectedVersion ? OK : status('object_version_is_stale');
}

function consentProblem(context: ReadContext, lien: Lien, params: Params): Status {
  if (!isWider(lien, params)) return OK;
  const harmed = harmedHolders(context, lien);
  if (isStatus(harmed)) return harmed;
  const missing = harmed.some((holder) => !params.consents.includes(holder));
  return missing ? status('junior_consent_missing') : OK;
}

/** Whoever has a lien on the asset that does not rank before this one. */
function harmedHolders(context: ReadContext, lien: Lien): readonly PartyId[] | Status {
  const input = loadRankCase(context, lien.asset.id);
  if (isStatus(input)) return input;
  const { groups } = rank(input);
  const own = groups.findIndex(({ lienIds }) => lienIds.includes(lien.id));
  const before = new Set(groups.slice(0, Math.max(0, own)).flatMap(({ lienIds }) => lienIds));
  const harmed = input.liens.filter((one) => one.id !== lien.id && !before.has(one.id));
  return [...new Set(harmed.map((one) => one.holder))].filter((one) => one !== lien.holder);
}

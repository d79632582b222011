import type { ComponentChildren } from 'preact';
import { nodeInfo } from '../data/chainClient.js';
import { isServed } from '../data/contractTables.js';
import { getJson } from '../data/nodeApi.js';
import { useLoad } from '../data/useLoad.js';
import { shortId } from '../format/ids.js';
import { faultsOf, quorumOf } from '../graph/chainHealth.js';
import { t } from '../messages/translate.js';
import { Settled } from '../parts/states.js';
import { Facts, PartyLink } from '../parts/value.js';
import { ObjectList } from './listPage.js';
import { PageTitle } from './pageTitle.js';

interface ValidatorsAnswer {
  readonly validators: readonly {
    readonly id: string;
    readonly party: string;
    readonly publicKey: string;
    readonly suite: string;
  }[];
}

/** Who decides, under which parameters, and what is proposed. */
export function GovernancePage(): ComponentChildren {
  const loaded = useLoad(
    'validators',
    (signal) => getJson<ValidatorsAnswer>('/v1/validators', signal),
    { changedBy: ({ type }) => type.startsWith('validator_set') },
  );
  const info = nodeInfo.value;
  return (
    <>
      <PageTitle title={t('governance.title')} />
      <section aria-labelledby="proposals-title">
        <h2 id="proposals-title">{t('governance.proposals')}</h2>
        {isServed('proposals') ? (
          <ObjectList segment="proposals" title={t('governance.proposals')} />
        ) : (
          <p class="muted">{t('governance.noProposals')}</p>
        )}
      </section>
      <section aria-labelledby="validators-title">
        <h2 id="validators-title">{t('governance.validators')}</h2>
        <Settled loaded={loaded}>
          {({ validators }) => (
            <>
              <p>
                {t('governance.tolerates', {
                  count: validators.length,
                  quorum: quorumOf(validators.length),
                  faults: faultsOf(validators.length),
                })}
              </p>
              <ul class="checks">
                {validators.map(({ id, party, publicKey, suite }) => (
                  <li key={id}>
                    <strong>{id}</strong>
                    <PartyLink id={party} />
                    <span class="muted">{suite}</span>
                    <code title={publicKey}>{shortId(publicKey)}</code>
                  </li>
                ))}
              </ul>
            </>
          )}
        </Settled>
      </section>
      {info !== undefined && (
        <div class="columns">
          <section aria-labelledby="parameters-title">
            <h2 id="parameters-title">{t('governance.parameters')}</h2>
            <Facts record={info.parameters} />
          </section>
          <section aria-labelledby="contracts-title">
            <h2 id="contracts-title">{t('governance.contracts')}</h2>
            <ul class="checks">
              {info.contracts.map(({ name, version }) => (
                <li key={name}>
                  <code>{name}</code>
                  <span class="muted">{t('governance.version', { version })}</span>
                </li>
              ))}
            </ul>
            <h2>{t('governance.features')}</h2>
            <p class="muted">
              {info.features.length === 0 ? t('governance.noFeatures') : info.features.join(', ')}
            </p>
          </section>
        </div>
      )}
    </>
  );
}

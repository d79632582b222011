import type { ProvedRecord } from '@triflow/sdk';
import type { ComponentChildren } from 'preact';
import { chainClient } from '../data/chainClient.js';
import { isRecord } from '../data/nodeApi.js';
import { useLoad } from '../data/useLoad.js';
import { countText } from '../format/amounts.js';
import { shortId } from '../format/ids.js';
import { t } from '../messages/translate.js';
import { Icon } from '../parts/icons.js';
import { Settled } from '../parts/states.js';

interface KeysProps {
  readonly party: string;
  readonly keyIds: readonly string[];
}

/** A party's keys and the heights between which each signs. They are read with proof. */
export function PartyKeys({ party, keyIds }: KeysProps): ComponentChildren {
  const loaded = useLoad(`keys/${party}/${keyIds.join(' ')}`, () => readKeys({ party, keyIds }), {
    changedBy: ({ subject, type }) => subject === party && type.startsWith('key.'),
  });
  return (
    <section aria-labelledby="keys-title">
      <h2 id="keys-title">{t('party.keys')}</h2>
      <Settled loaded={loaded}>
        {(keys) => (
          <ul class="checks">
            {keys.map((key) => (
              <KeyLine key={key.key} proved={key} />
            ))}
          </ul>
        )}
      </Settled>
    </section>
  );
}

async function readKeys({ party, keyIds }: KeysProps): Promise<readonly ProvedRecord[]> {
  const client = await chainClient();
  const keys = keyIds.map((keyId) => client.record(`party-registry/key/${party}/${keyId}`));
  return Promise.all(keys);
}

function KeyLine({ proved }: { readonly proved: ProvedRecord }): ComponentChildren {
  const { json, key, height, signedBy, of } = proved;
  const record = isRecord(json) ? json : {};
  const { fromHeight, toHeight, suite, publicKey } = record;
  const from = t('party.keyFrom', { height: countText(Number(fromHeight ?? 0)) });
  const until = typeof toHeight === 'number' ? toHeight : undefined;
  const end =
    until === undefined ? t('party.keyOpen') : t('party.keyTo', { height: countText(until) });
  const values = { signers: signedBy.length, of, height: countText(height) };
  return (
    <li>
      <span title={t('verify.okText', values)} class="good">
        <Icon name="lock" />
      </span>
      <strong>{key.split('/').at(-1)}</strong>
      <span class="muted">{String(suite ?? '')}</span>
      <code title={String(publicKey ?? '')}>{shortId(String(publicKey ?? ''))}</code>
      <span class="muted">
        {from}, {end}
      </span>
    </li>
  );
}

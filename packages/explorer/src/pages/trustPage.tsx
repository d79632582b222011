import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { digestOf, nodeInfo, trusted, trustStart } from '../data/chainClient.js';
import { timeText } from '../format/times.js';
import { t } from '../messages/translate.js';
import { Loading, Notice } from '../parts/states.js';
import { PageTitle } from './pageTitle.js';

const DIGEST = /^[0-9a-f]{64}$/;

/** The start of trust of this browser, to be compared with what was handed over on paper. */
export function TrustPage(): ComponentChildren {
  const start = trusted.value;
  const info = nodeInfo.value;
  const [problem, setProblem] = useState('');
  const save = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = event.currentTarget;
    if (!(form instanceof HTMLFormElement) || info === undefined) return;
    const digest = digestOf(String(new FormData(form).get('digest') ?? ''));
    const fits = DIGEST.test(digest);
    setProblem(fits ? '' : t('trust.invalid'));
    if (fits) trustStart(info, `sha256:${digest}`, 'typed');
  };
  if (start === undefined || info === undefined) return <Loading />;
  const origin = start.origin === 'typed' ? 'verify.trustTyped' : 'verify.trustFirst';
  return (
    <>
      <PageTitle title={t('trust.title')} kind={start.chainId} />
      <p class="lead">{t('trust.text')}</p>
      {digestOf(start.genesisHash) !== digestOf(info.genesisHash) && (
        <Notice tone="warn" title={t('verify.bad')}>
          <p>{t('trust.mismatch')}</p>
        </Notice>
      )}
      <section>
        <h2>{t('trust.genesis')}</h2>
        <p class="digest">
          <code>{groupsOf(digestOf(start.genesisHash))}</code>
        </p>
        <p class="muted">{t(origin, { since: timeText(start.since) })}</p>
      </section>
      <form class="pick" onSubmit={save}>
        <label>
          <strong>{t('trust.change')}</strong>
          <input name="digest" required autocomplete="off" spellcheck={false} />
        </label>
        <button type="submit">{t('trust.save')}</button>
        {problem !== '' && (
          <p role="alert" class="bad">
            {problem}
          </p>
        )}
      </form>
    </>
  );
}

/** Digits in groups of four, to be read aloud. */
function groupsOf(digest: string): string {
  return digest.replace(/(.{4})(?=.)/g, '$1 ');
}

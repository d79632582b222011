import { type EvidenceReport, verifyEvidence } from '@triflow/sdk/verify';
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { digestOf, trusted } from '../data/chainClient.js';
import { t } from '../messages/translate.js';
import { Headline } from '../parts/proofPanel.js';
import { PageTitle } from './pageTitle.js';

type Checked =
  | { readonly name: string; readonly report: EvidenceReport }
  | { readonly name: string; readonly reason: string };

/** Checks an evidence file in this browser, with no node at all. */
export function EvidencePage(): ComponentChildren {
  const [checked, setChecked] = useState<Checked | undefined>(undefined);
  const take = async (file: File | undefined): Promise<void> => {
    if (file === undefined) return;
    const { name } = file;
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const genesisHash = digestOf(trusted.value?.genesisHash ?? '');
      setChecked({ name, report: verifyEvidence(bytes, { genesisHash }) });
    } catch (error) {
      setChecked({ name, reason: error instanceof Error ? error.message : String(error) });
    }
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    void take(event.dataTransfer?.files[0]);
  };
  return (
    <>
      <PageTitle title={t('evidence.title')} />
      <p class="lead">{t('evidence.lead')}</p>
      <div class="drop" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
        <label class="button primary">
          {t('evidence.choose')}
          <input
            type="file"
            accept="application/json,.json"
            class="sr-only"
            onChange={(event) => void take(event.currentTarget.files?.[0])}
          />
        </label>
        <span class="muted">{t('evidence.drop')}</span>
      </div>
      <div role="status" aria-live="polite">
        {checked !== undefined && <Result checked={checked} />}
      </div>
    </>
  );
}

function Result({ checked }: { readonly checked: Checked }): ComponentChildren {
  if ('reason' in checked) {
    return (
      <section class="proof is-refused">
        <Headline icon="warn" text={t('evidence.bad')} />
        <p>
          {checked.name}: {checked.reason}
        </p>
      </section>
    );
  }
  return (
    <section class="proof is-verified">
      <Headline icon="lock" text={t('evidence.ok')} />
      <p class="muted">{checked.name}</p>
      <h2>{t('evidence.says')}</h2>
      <ul>
        {checked.report.sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
    </section>
  );
}

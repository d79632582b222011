import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { chainClient, trusted } from '../data/chainClient.js';
import { pathTo } from '../data/router.js';
import type { Difference } from '../differences.js';
import { countText } from '../format/amounts.js';
import { shortId } from '../format/ids.js';
import { timeText } from '../format/times.js';
import { t } from '../messages/translate.js';
import { type Verdict, verdictOfError, verifyShown } from '../verify.js';
import { Icon } from './icons.js';

interface ProofPanelProps {
  /** Object id, party id, state key, transaction or height. */
  readonly name: string;
  /** What this page shows of it, as the node answered. */
  readonly shown: unknown;
  /** The height of that answer. */
  readonly at: number;
  /** How it is checked when it is no record. */
  readonly check?: () => Promise<Verdict>;
  /** What the lock says. */
  readonly says?: LockText;
  /** What belongs into the evidence file; none offers no file. */
  readonly evidence?: readonly string[];
}

type LockText = 'verify.okText' | 'verify.okTx' | 'verify.okBlock';

/** Says how far the reader can rely on the page, checks it, and hands out evidence. */
export function ProofPanel(props: ProofPanelProps): ComponentChildren {
  const { name, shown, at, evidence = [name], says = 'verify.okText' } = props;
  const { check = () => verifyShown(name, shown, at) } = props;
  const [busy, setBusy] = useState(false);
  const [verdict, setVerdict] = useState<Verdict | undefined>(undefined);
  const [wanted, setWanted] = useState(false);

  const run = async (): Promise<void> => {
    setWanted(true);
    setBusy(true);
    setVerdict(await check());
    setBusy(false);
  };
  useEffect(() => setWanted(false), [name]);
  // A new answer is a new claim: the old lock must not stand over it.
  useEffect(() => {
    setVerdict(undefined);
    if (wanted) void run();
  }, [name, at, shown]);

  return (
    <section class={`proof ${toneOfVerdict(verdict)}`} aria-labelledby="proof-title">
      <h2 id="proof-title" class="sr-only">
        {t('verify.title')}
      </h2>
      <div class="proof-status" role="status" aria-live="polite">
        {busy ? <p>{t('verify.busy')}</p> : <VerdictText verdict={verdict} says={says} />}
      </div>
      <div class="buttons">
        <button type="button" class="primary" onClick={() => void run()} disabled={busy}>
          <Icon name="shield" />
          {t(verdict === undefined ? 'verify.button' : 'verify.again')}
        </button>
        {evidence.length > 0 && <EvidenceButton names={evidence} fileName={name} />}
      </div>
    </section>
  );
}

function toneOfVerdict(verdict: Verdict | undefined): string {
  if (verdict === undefined) return 'is-idle';
  if (verdict.kind === 'verified') return 'is-verified';
  return verdict.kind === 'unknown' ? 'is-unknown' : 'is-refused';
}

interface VerdictTextProps {
  readonly verdict: Verdict | undefined;
  readonly says: LockText;
}

function VerdictText({ verdict, says }: VerdictTextProps): ComponentChildren {
  if (verdict === undefined) return <p class="muted">{t('verify.idle')}</p>;
  if (verdict.kind === 'unknown') return <p>{t('verify.failed', { reason: verdict.reason })}</p>;
  if (verdict.kind === 'refused') {
    return (
      <>
        <Headline icon="warn" text={t('verify.bad')} />
        <p>{t('verify.badProof', { reason: verdict.reason })}</p>
      </>
    );
  }
  const { proof } = verdict;
  if (verdict.kind === 'differs') {
    return (
      <>
        <Headline icon="warn" text={t('verify.bad')} />
        <p>{t(proof.kind === 'absence' ? 'verify.badAbsent' : 'verify.badDiffers')}</p>
        <Differences differences={verdict.differences} />
      </>
    );
  }
  const values = {
    signers: proof.signedBy.length,
    of: proof.of,
    height: countText(proof.height),
  };
  return (
    <>
      <Headline icon="lock" text={t('verify.ok')} />
      <p>{t(says, values)}</p>
      <ProofFacts
        signedBy={proof.signedBy}
        height={proof.height}
        blockId={proof.blockId}
        {...(proof.key !== undefined && { stateKey: proof.key })}
      />
    </>
  );
}

/** The words that stand beside the lock or the warning. */
export function Headline({
  icon,
  text,
}: {
  readonly icon: 'lock' | 'warn';
  readonly text: string;
}): ComponentChildren {
  return (
    <p class="headline">
      <Icon name={icon} />
      <strong>{text}</strong>
    </p>
  );
}

interface ProofFactsProps {
  readonly signedBy: readonly string[];
  readonly height: number;
  readonly blockId: string;
  readonly stateKey?: string;
}

/** Who signed what, and where trust began. */
export function ProofFacts(props: ProofFactsProps): ComponentChildren {
  const { signedBy, height, blockId, stateKey } = props;
  const start = trusted.value;
  const origin = start?.origin === 'typed' ? 'verify.trustTyped' : 'verify.trustFirst';
  return (
    <dl class="facts proof-facts">
      <div class="fact">
        <dt>{t('verify.signedBy')}</dt>
        <dd>{signedBy.join(', ')}</dd>
      </div>
      <div class="fact">
        <dt>{t('verify.block')}</dt>
        <dd>
          <a href={pathTo('blocks', String(height))}>{countText(height)}</a>{' '}
          <code title={blockId}>{shortId(blockId)}</code>
        </dd>
      </div>
      {stateKey !== undefined && (
        <div class="fact">
          <dt>{t('verify.key')}</dt>
          <dd>
            <code>{stateKey}</code>
          </dd>
        </div>
      )}
      {start !== undefined && (
        <div class="fact">
          <dt>{t('verify.trust')}</dt>
          <dd>
            <a href="/trust" title={start.genesisHash}>
              <code>{shortId(start.genesisHash)}</code>
            </a>{' '}
            <span class="muted">{t(origin, { since: timeText(start.since) })}</span>
          </dd>
        </div>
      )}
    </dl>
  );
}

function Differences({
  differences,
}: {
  readonly differences: readonly Difference[];
}): ComponentChildren {
  return (
    <table class="differences">
      <caption>{t('verify.differing')}</caption>
      <thead>
        <tr>
          <th scope="col" />
          <th scope="col">{t('verify.shown')}</th>
          <th scope="col">{t('verify.signed')}</th>
        </tr>
      </thead>
      <tbody>
        {differences.map(({ path, shown, signed }) => (
          <tr key={path}>
            <th scope="row">
              <code>{path}</code>
            </th>
            <td>{JSON.stringify(shown) ?? t('none')}</td>
            <td>{JSON.stringify(signed) ?? t('none')}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface EvidenceButtonProps {
  readonly names: readonly string[];
  readonly fileName: string;
}

/** Makes an evidence file in this browser, everything in it verified first, and saves it. */
export function EvidenceButton({ names, fileName }: EvidenceButtonProps): ComponentChildren {
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    setNote(t('verify.downloadBusy'));
    try {
      const client = await chainClient();
      const { bytes } = await client.evidence.create(names);
      const file = `${fileName.replaceAll(/[^a-zA-Z0-9_-]+/g, '-')}.evidence.json`;
      saveFile(file, bytes);
      setNote(t('verify.downloaded', { name: file }));
    } catch (error) {
      const verdict = verdictOfError(error);
      if ('reason' in verdict) setNote(t('verify.failed', { reason: verdict.reason }));
    }
    setBusy(false);
  };
  return (
    <>
      <button
        type="button"
        onClick={() => void save()}
        disabled={busy}
        title={t('verify.downloadNote')}
      >
        <Icon name="download" />
        {t('verify.download')}
      </button>
      <span class="muted note" role="status">
        {note}
      </span>
    </>
  );
}

function saveFile(name: string, bytes: Uint8Array): void {
  const url = URL.createObjectURL(new Blob([new Uint8Array(bytes)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { getJson, isRecord } from '../data/nodeApi.js';
import { pathTo } from '../data/router.js';
import { useLoad } from '../data/useLoad.js';
import { countText } from '../format/amounts.js';
import { timeText } from '../format/times.js';
import { stateName } from '../format/words.js';
import { t } from '../messages/translate.js';
import { ProofPanel } from '../parts/proofPanel.js';
import { type CommandJson, CommandSentence } from '../parts/sentence.js';
import { Settled } from '../parts/states.js';
import { Facts, IdLink } from '../parts/value.js';
import { verifyBlock } from '../verify.js';
import { PageTitle } from './pageTitle.js';

interface BlockTransaction {
  readonly txId: string;
  readonly index: number;
  readonly outcome: string;
  readonly sender?: string;
  readonly keyId?: string;
  readonly validUntilHeight?: number;
  readonly commands?: readonly CommandJson[];
  readonly status?: { readonly number: number; readonly code: string };
  readonly bytes?: string;
}

interface BlockAnswer {
  readonly height: number;
  readonly id: string;
  readonly header: Readonly<Record<string, unknown>>;
  readonly certificate: {
    readonly round: number;
    readonly entries: readonly { readonly index: number }[];
  };
  readonly transactions: readonly BlockTransaction[];
  readonly page: { readonly next: number | null; readonly total: number };
}

interface ValidatorsAnswer {
  readonly validators: readonly {
    readonly index: number;
    readonly id: string;
    readonly party: string;
  }[];
}

const PAGE = 100;

/** A block: its transactions as sentences, its header, the signatures that make it final. */
export function BlockPage({ height }: { readonly height: string }): ComponentChildren {
  const loaded = useLoad(`block/${height}`, async (signal) => {
    const block = await readBlock(height, 0, signal);
    const set = await getJson<ValidatorsAnswer>(`/v1/validators?at=${block.height}`, signal);
    return { block, set };
  });
  const title = /^\d+$/.test(height) ? countText(height) : height;
  return (
    <>
      <PageTitle title={title} kind={t('one.blocks')} />
      <Settled loaded={loaded}>
        {({ block, set }) => <BlockBody key={block.height} block={block} set={set} />}
      </Settled>
    </>
  );
}

/** A block with a page of its transactions. */
function readBlock(height: string, offset: number, signal?: AbortSignal): Promise<BlockAnswer> {
  const query = new URLSearchParams({ full: '1', limit: String(PAGE), offset: String(offset) });
  return getJson<BlockAnswer>(`/v1/blocks/${encodeURIComponent(height)}?${query}`, signal);
}

interface BodyProps {
  readonly block: BlockAnswer;
  readonly set: ValidatorsAnswer;
}

function BlockBody({ block, set }: BodyProps): ComponentChildren {
  const { height, header, certificate, id } = block;
  const [more, setMore] = useState<readonly BlockTransaction[]>([]);
  const [next, setNext] = useState(block.page.next);
  const readMore = async (): Promise<void> => {
    if (next === null) return;
    const answer = await readBlock(String(height), next);
    setMore([...more, ...answer.transactions]);
    setNext(answer.page.next);
  };
  const all = [...block.transactions, ...more];
  const signed = new Set(certificate.entries.map(({ index }) => index));
  const builder = t('blocks.builder', { name: String(header.builder) });
  return (
    <>
      <p class="lead">
        {timeText(String(header.time))} · {builder} ·{' '}
        {t('blocks.signers', { signers: signed.size, of: set.validators.length })}
        {certificate.round > 0 && ` · ${t('blocks.round', { round: certificate.round })}`}
      </p>
      <nav class="buttons" aria-label={t('blocks.title')}>
        {height > 1 && (
          <a class="button" href={pathTo('blocks', String(height - 1))}>
            {t('block.previous')}
          </a>
        )}
        <a class="button" href={pathTo('blocks', String(height + 1))}>
          {t('block.next')}
        </a>
      </nav>
      <BlockProof block={block} set={set} transactions={all} isWhole={next === null} />
      <section aria-labelledby="does-title">
        <h2 id="does-title">{t('blocks.sentences')}</h2>
        <Transactions all={all} {...(next !== null && { readMore })} />
      </section>
      <section aria-labelledby="certificate-title">
        <h2 id="certificate-title">{t('blocks.certificate')}</h2>
        <ul class="checks">
          {set.validators.map(({ index, id: name, party }) => (
            <li key={name}>
              <span class={signed.has(index) ? 'dot good' : 'dot'} aria-hidden="true" />
              <strong>{name}</strong>
              <IdLink id={party} />
              <span class="muted">
                {t(signed.has(index) ? 'network.signed' : 'network.notSigned')}
              </span>
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="header-title">
        <h2 id="header-title">{t('blocks.header')}</h2>
        <Facts record={{ id, ...header }} />
      </section>
      <details class="raw">
        <summary>{t('blocks.bytes')}</summary>
        <pre tabIndex={0} role="group" aria-label={t('blocks.bytes')}>
          {JSON.stringify(block, undefined, 2)}
        </pre>
      </details>
    </>
  );
}

interface BlockProofProps extends BodyProps {
  readonly transactions: readonly BlockTransaction[];
  readonly isWhole: boolean;
}

/** The check of a block: its header, its certificate, and each transaction that is shown. */
function BlockProof({ block, set, transactions, isWhole }: BlockProofProps): ComponentChildren {
  const { height, id, header, certificate } = block;
  const signedBy = certificate.entries.map(({ index }) => set.validators[index]?.id ?? '');
  const shown = transactions.map(({ bytes: _, ...one }) => ({ ...one, height }));
  const check = () => {
    const { round } = certificate;
    return verifyBlock({ height, id, header, round, signedBy, transactions: shown, isWhole });
  };
  return (
    <ProofPanel
      name={String(height)}
      shown={`${id} ${transactions.length}`}
      at={height}
      check={check}
      says="verify.okBlock"
      evidence={[]}
    />
  );
}

interface TransactionsProps {
  readonly all: readonly BlockTransaction[];
  readonly readMore?: () => Promise<void>;
}

function Transactions({ all, readMore }: TransactionsProps): ComponentChildren {
  if (all.length === 0) return <p class="muted">{t('blocks.empty')}</p>;
  return (
    <>
      <ol class="transactions">
        {all.map((transaction) => (
          <TransactionLine key={transaction.txId} transaction={transaction} />
        ))}
      </ol>
      {readMore !== undefined && (
        <button type="button" onClick={() => void readMore()}>
          {t('blocks.moreTransactions')}
        </button>
      )}
    </>
  );
}

/** A transaction's commands as sentences, and what became of them. */
export function TransactionLine({
  transaction,
}: {
  readonly transaction: BlockTransaction;
}): ComponentChildren {
  const { txId, sender, commands, status } = transaction;
  const failed = isRecord(status) && status.number !== 0;
  return (
    <li class={failed ? 'failed' : ''}>
      {sender === undefined || commands === undefined ? (
        <p class="muted">{t('blocks.hidden')}</p>
      ) : (
        commands.map((command, index) => (
          <p key={index}>
            <CommandSentence sender={sender} command={command} />
          </p>
        ))
      )}
      <a class="meta" href={pathTo('transactions', txId)} title={txId}>
        {txId.slice(0, 13)}… {failed && <span class="chip tone-bad">{stateName(status.code)}</span>}
      </a>
    </li>
  );
}

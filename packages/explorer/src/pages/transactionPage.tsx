import type { ComponentChildren } from 'preact';
import type { LedgerFact } from '../data/liveEvents.js';
import { getJson, isRecord } from '../data/nodeApi.js';
import { pathTo } from '../data/router.js';
import { useLoad } from '../data/useLoad.js';
import { countText } from '../format/amounts.js';
import { shortId } from '../format/ids.js';
import { t } from '../messages/translate.js';
import { ProofPanel } from '../parts/proofPanel.js';
import { type CommandJson, CommandSentence, FactSentence, flowOfFact } from '../parts/sentence.js';
import { Settled } from '../parts/states.js';
import { Facts, PartyLink } from '../parts/value.js';
import { verifyTransaction } from '../verify.js';
import { PageTitle } from './pageTitle.js';

interface OutcomeAnswer {
  readonly txId: string;
  readonly outcome: 'pending' | 'committed' | 'rejected' | 'expired';
  readonly height?: number;
  readonly index?: number;
  readonly validUntilHeight?: number;
  readonly failedCommand?: number;
  readonly events?: readonly Omit<LedgerFact, 'cursor' | 'height' | 'time' | 'txId'>[];
  readonly error?: { readonly code: string; readonly title: string };
}

interface TransactionInBlock {
  readonly sender?: string;
  readonly keyId?: string;
  readonly commands?: readonly CommandJson[];
  readonly validUntilHeight?: number;
  readonly status?: { readonly code: string };
}

interface Read {
  readonly outcome: OutcomeAnswer;
  readonly body: TransactionInBlock | undefined;
}

const tones = { committed: 'good', rejected: 'bad', expired: 'over', pending: 'busy' } as const;

/** One transaction: who signed what, what became of it, and the proof. */
export function TransactionPage({ id }: { readonly id: string }): ComponentChildren {
  const loaded = useLoad(`tx/${id}`, (signal) => readTransaction(id, signal));
  const outcome = loaded.value?.outcome.outcome;
  return (
    <>
      <PageTitle title={shortId(id)} kind={t('one.transactions')}>
        {outcome !== undefined && (
          <span class={`chip tone-${tones[outcome]}`}>{t(`tx.outcome.${outcome}`)}</span>
        )}
      </PageTitle>
      <Settled loaded={loaded}>{(read) => <TransactionBody read={read} />}</Settled>
    </>
  );
}

async function readTransaction(id: string, signal: AbortSignal): Promise<Read> {
  const outcome = await getJson<OutcomeAnswer>(`/v1/transactions/${id}`, signal);
  const { height, index } = outcome;
  if (height === undefined || index === undefined) return { outcome, body: undefined };
  const query = new URLSearchParams({ full: '1', offset: String(index), limit: '1' });
  const path = `/v1/blocks/${height}?${query}`;
  const block = await getJson<{ transactions: readonly TransactionInBlock[] }>(path, signal);
  return { outcome, body: block.transactions[0] };
}

function TransactionBody({ read }: { readonly read: Read }): ComponentChildren {
  const { outcome, body } = read;
  const { txId, height, events = [], error, failedCommand, validUntilHeight } = outcome;
  const sender = body?.sender;
  return (
    <>
      <div class="summary">
        {sender === undefined ? (
          <p class="muted">{t('tx.hiddenText')}</p>
        ) : (
          body?.commands?.map((command, index) => (
            <p key={index}>
              <CommandSentence sender={sender} command={command} />
            </p>
          ))
        )}
        {error !== undefined && <p class="bad">{t('tx.why', { title: error.title })}</p>}
        {failedCommand !== undefined && failedCommand >= 0 && (
          <p>{t('tx.failedCommand', { position: failedCommand + 1 })}</p>
        )}
        <p class="muted">
          {height !== undefined && (
            <a href={pathTo('blocks', String(height))}>
              {t('app.height', { height: countText(height) })}
            </a>
          )}
          {sender !== undefined && (
            <>
              {' '}
              · {t('tx.sender')} <PartyLink id={sender} /> {body?.keyId}
            </>
          )}
          {validUntilHeight !== undefined && (
            <> · {t('tx.validUntil', { height: countText(validUntilHeight) })}</>
          )}
        </p>
      </div>
      {height !== undefined && <TransactionProof read={read} />}
      <section aria-labelledby="events-title">
        <h2 id="events-title">{t('tx.events')}</h2>
        {events.length === 0 ? (
          <p class="muted">{t('tx.noEvents')}</p>
        ) : (
          <ol class="story">
            {events.map((event, index) => (
              <li key={index} class={`flow-${flowOfFact(event)}`}>
                <p>
                  <FactSentence fact={{ ...event, cursor: '', height: 0, time: '', txId }} />
                </p>
                <span class="meta">{event.type}</span>
              </li>
            ))}
          </ol>
        )}
      </section>
      <section aria-labelledby="commands-title">
        <h2 id="commands-title">{t('tx.commands')}</h2>
        {body?.commands?.map(({ contract, name, params }, index) => (
          <div key={index} class="command">
            <h3>
              {contract} · {name}
            </h3>
            {isRecord(params) && <Facts record={params} />}
          </div>
        ))}
      </section>
    </>
  );
}

/** The check of a transaction: its bytes and its result lead to roots that validators signed. */
function TransactionProof({ read }: { readonly read: Read }): ComponentChildren {
  const { outcome, body } = read;
  const { txId, height = 0, index = 0, events = [], error, failedCommand } = outcome;
  const shown = {
    txId,
    height,
    index,
    outcome: outcome.outcome,
    events,
    ...(error !== undefined && { failedCommand }),
    ...(body?.sender !== undefined && {
      sender: body.sender,
      keyId: body.keyId,
      validUntilHeight: body.validUntilHeight,
      commands: body.commands,
      status: body.status,
    }),
  };
  return (
    <ProofPanel
      name={txId}
      shown={read}
      at={height}
      check={() => verifyTransaction(shown)}
      says="verify.okTx"
    />
  );
}

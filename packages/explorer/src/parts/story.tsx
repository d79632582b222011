import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import type { LedgerFact } from '../data/liveEvents.js';
import { pathTo } from '../data/router.js';
import { countText } from '../format/amounts.js';
import { isAlarming } from '../format/isAlarming.js';
import { clockText, timeText } from '../format/times.js';
import { t } from '../messages/translate.js';
import { FactSentence, flowOfFact } from './sentence.js';

/** Facts of one kind in a row are told as one: thirty valuations are one line. */
interface Step {
  readonly facts: readonly LedgerFact[];
  readonly latest: LedgerFact;
}

const FOLDED_FROM = 4;
const STEPS_SHOWN = 12;

interface StoryProps {
  readonly facts: readonly LedgerFact[];
  readonly order?: 'oldest' | 'newest';
}

/** What happened, as sentences on a line of time. */
export function Story({ facts, order = 'oldest' }: StoryProps): ComponentChildren {
  const [all, setAll] = useState(false);
  if (facts.length === 0) return <p class="muted">{t('object.noHistory')}</p>;
  const told = stepsOf(facts);
  const steps = order === 'newest' ? told.reverse() : told;
  const shown = all ? steps : steps.slice(0, STEPS_SHOWN);
  return (
    <>
      <ol class="story">
        {shown.map((step) => (
          <StepLine key={step.latest.cursor} step={step} />
        ))}
      </ol>
      {shown.length < steps.length && (
        <button type="button" onClick={() => setAll(true)}>
          {t('object.historyMore', { count: countText(steps.length) })}
        </button>
      )}
    </>
  );
}

function StepLine({ step }: { readonly step: Step }): ComponentChildren {
  const { facts, latest } = step;
  const alarming = isAlarming(latest) ? ' alarming' : '';
  return (
    <li class={`flow-${flowOfFact(latest)}${alarming}`}>
      <FactMeta fact={latest} />
      {facts.length < FOLDED_FROM ? (
        <p>
          <FactSentence fact={latest} />
        </p>
      ) : (
        <>
          <p>
            <FactSentence fact={latest} />
          </p>
          <details>
            <summary>{t('object.repeated', { count: countText(facts.length) })}</summary>
            <ul>
              {facts.map((fact) => (
                <li key={fact.cursor}>
                  <FactSentence fact={fact} /> <FactMeta fact={fact} />
                </li>
              ))}
            </ul>
          </details>
        </>
      )}
    </li>
  );
}

/** When and in which block, with a way to the transaction. */
export function FactMeta({ fact }: { readonly fact: LedgerFact }): ComponentChildren {
  return (
    <a class="meta" href={pathTo('transactions', fact.txId)} title={fact.txId}>
      <time dateTime={fact.time} title={timeText(fact.time)}>
        {clockText(fact.time)}
      </time>
      <span> · {countText(fact.height)}</span>
    </a>
  );
}

function stepsOf(facts: readonly LedgerFact[]): Step[] {
  const runs: LedgerFact[][] = [];
  for (const fact of facts) {
    const run = runs.at(-1);
    if (run?.[0]?.type === fact.type) run.push(fact);
    else runs.push([fact]);
  }
  return runs.flatMap((run) => {
    const latest = run.at(-1);
    if (latest === undefined) return [];
    if (run.length >= FOLDED_FROM) return [{ facts: run, latest }];
    return run.map((fact) => ({ facts: [fact], latest: fact }));
  });
}

import type { ComponentChildren } from 'preact';
import { head } from '../data/liveEvents.js';
import type { PageProblem } from '../data/nodeApi.js';
import type { Loaded } from '../data/useLoad.js';
import { countText } from '../format/amounts.js';
import { t } from '../messages/translate.js';
import { openLogin } from './login.js';

interface NoticeProps {
  readonly tone?: 'plain' | 'warn';
  readonly title: string;
  readonly children?: ComponentChildren;
}

/** A state of the page that is not its content: empty, forbidden, unreachable. */
export function Notice({ tone = 'plain', title, children }: NoticeProps): ComponentChildren {
  return (
    <div class={`notice ${tone}`} role={tone === 'warn' ? 'alert' : 'status'}>
      <h2>{title}</h2>
      {children}
    </div>
  );
}

export function Loading(): ComponentChildren {
  return (
    <div class="loading" role="status">
      <span class="sr-only">{t('state.loading')}</span>
      <span class="shade" />
      <span class="shade short" />
      <span class="shade" />
    </div>
  );
}

export function Empty({ filtered = false }: { readonly filtered?: boolean }): ComponentChildren {
  return (
    <Notice title={t('state.empty.title')}>
      <p>{t(filtered ? 'state.empty.filtered' : 'state.empty.text')}</p>
    </Notice>
  );
}

/** Shows content once it is there; until then, or instead of it, the state that explains why. */
export function Settled<T>({
  loaded,
  children,
}: {
  readonly loaded: Loaded<T>;
  readonly children: (value: T) => ComponentChildren;
}): ComponentChildren {
  const { value, problem, again } = loaded;
  if (value !== undefined && (problem === undefined || problem.status === 0)) {
    return (
      <>
        {problem !== undefined && <StaleBanner />}
        {children(value)}
      </>
    );
  }
  if (problem !== undefined) return <ProblemNotice problem={problem} again={again} />;
  return <Loading />;
}

/** A refusal in words, with what can be done about it. */
export function ProblemNotice({
  problem,
  again,
}: {
  readonly problem: PageProblem;
  readonly again?: () => void;
}): ComponentChildren {
  const { status, code, message, details } = problem;
  if (code === 'UNREACHABLE') return <Unreachable again={again} />;
  if (status === 401 || status === 403) {
    return (
      <Notice title={t('state.forbidden.title')}>
        <p>{t('state.forbidden.text')}</p>
        <button type="button" class="primary" onClick={openLogin}>
          {t('app.signIn')}
        </button>
      </Notice>
    );
  }
  if (code === 'ROUTE_NOT_FOUND') {
    return (
      <Notice title={t('state.notServed.title')}>
        <p>{t('state.notServed.text')}</p>
      </Notice>
    );
  }
  if (status === 404) {
    const height = Number(details.height ?? head.value?.height ?? 0);
    const id = String(details.stateKey ?? '')
      .split('/')
      .slice(2)
      .join('/');
    return (
      <Notice title={t('state.notFound.title')}>
        <p>
          {t('state.notFound.text', { id: id === '' ? message : id, height: countText(height) })}
        </p>
      </Notice>
    );
  }
  if (status === 410) {
    return (
      <Notice title={t('state.pruned.title')}>
        <p>{t('state.pruned.text')}</p>
      </Notice>
    );
  }
  return (
    <Notice tone="warn" title={t('state.failed.title')}>
      <p>{message}</p>
      <p class="muted">{code}</p>
      {again !== undefined && <AgainButton again={again} />}
    </Notice>
  );
}

function Unreachable({ again }: { readonly again: (() => void) | undefined }): ComponentChildren {
  const height = head.value?.height;
  return (
    <Notice tone="warn" title={t('state.unreachable.title')}>
      <p>
        {height === undefined
          ? t('state.unreachable.fresh')
          : t('state.unreachable.text', { height: countText(height) })}
      </p>
      {again !== undefined && <AgainButton again={again} />}
    </Notice>
  );
}

function AgainButton({ again }: { readonly again: () => void }): ComponentChildren {
  return (
    <button type="button" onClick={again}>
      {t('state.again')}
    </button>
  );
}

/** What is on screen was read before the node went away. */
export function StaleBanner(): ComponentChildren {
  const height = countText(head.value?.height ?? 0);
  return (
    <p class="stale" role="status">
      {t('state.stale', { height })}
    </p>
  );
}

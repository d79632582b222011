import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { nodeInfo } from '../data/chainClient.js';
import { PageProblem, reader, token } from '../data/nodeApi.js';
import { inLanguage } from '../data/partyNames.js';
import { readAsDemoParty, readAsPublic, readWithToken } from '../data/readerSession.js';
import { readList } from '../data/readLists.js';
import { useLoad } from '../data/useLoad.js';
import { t } from '../messages/translate.js';

const isOpen = signal(false);
const failure = signal<string | undefined>(undefined);
const DEMO_PARTIES = '100';

/** Asks who reads. */
export function openLogin(): void {
  failure.value = undefined;
  isOpen.value = true;
}

/** The dialog that takes an access token, or on a devnet a demo party. */
export function LoginDialog(): ComponentChildren {
  const dialog = useRef<HTMLDialogElement>(null);
  const shown = isOpen.value;
  useEffect(() => {
    const element = dialog.current;
    if (shown && element?.open === false) element.showModal();
    if (!shown && element?.open === true) element.close();
  }, [shown]);
  const close = (): void => {
    isOpen.value = false;
  };
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="login-title">
      <h2 id="login-title">{t('login.title')}</h2>
      {shown && nodeInfo.value?.devnet === true && <DemoParties />}
      <p class="muted">{t('login.text')}</p>
      <form method="dialog" onSubmit={submit}>
        <label>
          {t('login.token')}
          <input name="token" type="password" autocomplete="off" required />
        </label>
        {failure.value !== undefined && (
          <p role="alert" class="bad">
            {t('login.failed', { reason: failure.value })}
          </p>
        )}
        <div class="buttons">
          <button type="submit" class="primary">
            {t('login.use')}
          </button>
          {token.value !== undefined && (
            <button type="button" onClick={leave}>
              {t('login.out')}
            </button>
          )}
          <button type="button" onClick={close}>
            {t('close')}
          </button>
        </div>
      </form>
    </dialog>
  );
}

/** Demo keys are public, so a devnet opens a session of any of its parties for the asking. */
function DemoParties(): ComponentChildren {
  const loaded = useLoad('demo-parties', (signal) => {
    return readList('parties', { limit: DEMO_PARTIES }, signal);
  });
  const choose = (event: Event): void => {
    if (!(event.currentTarget instanceof HTMLSelectElement)) return;
    const party = event.currentTarget.value;
    if (party !== '') void openSession(party);
  };
  return (
    <label>
      {t('login.demo')}
      <select value={reader.value ?? ''} onChange={choose}>
        <option value="">–</option>
        {loaded.value?.data.map(({ id, data }) => (
          <option key={id} value={id}>
            {inLanguage(String(data.name ?? id))}
          </option>
        ))}
      </select>
    </label>
  );
}

async function openSession(party: string): Promise<void> {
  try {
    await readAsDemoParty(party);
    isOpen.value = false;
  } catch (error) {
    failure.value = reasonOf(error);
  }
}

async function submit(event: SubmitEvent): Promise<void> {
  event.preventDefault();
  const form = event.currentTarget;
  if (!(form instanceof HTMLFormElement)) return;
  try {
    await readWithToken(String(new FormData(form).get('token') ?? '').trim());
    form.reset();
    isOpen.value = false;
  } catch (error) {
    failure.value = reasonOf(error);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof PageProblem ? error.message : String(error);
}

function leave(): void {
  readAsPublic();
  isOpen.value = false;
}

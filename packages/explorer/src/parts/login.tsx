import { signal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { getJson, PageProblem, token } from '../data/nodeApi.js';
import { t } from '../messages/translate.js';

const isOpen = signal(false);
const failure = signal<string | undefined>(undefined);

/** Asks who reads. */
export function openLogin(): void {
  failure.value = undefined;
  isOpen.value = true;
}

/** The dialog that takes an access token; the token stays in memory. */
export function LoginDialog(): ComponentChildren {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (isOpen.value && element?.open === false) element.showModal();
    if (!isOpen.value && element?.open === true) element.close();
  }, [isOpen.value]);
  const close = (): void => {
    isOpen.value = false;
  };
  return (
    <dialog ref={dialog} onClose={close} aria-labelledby="login-title">
      <h2 id="login-title">{t('login.title')}</h2>
      <p>{t('login.text')}</p>
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

async function submit(event: SubmitEvent): Promise<void> {
  event.preventDefault();
  const form = event.currentTarget;
  if (!(form instanceof HTMLFormElement)) return;
  const given = String(new FormData(form).get('token') ?? '').trim();
  const before = token.value;
  token.value = given;
  try {
    await getJson('/v1/info');
    form.reset();
    isOpen.value = false;
  } catch (error) {
    token.value = before;
    failure.value = error instanceof PageProblem ? error.message : String(error);
  }
}

function leave(): void {
  token.value = undefined;
  isOpen.value = false;
}

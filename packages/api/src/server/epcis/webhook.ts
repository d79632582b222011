import { createHmac } from 'node:crypto';
import { CodedError } from '@triflow/protocol';
import { epcisVersionHeaders } from '../../routes/epcis.js';

const DELIVERY_MS = 10_000;

/** Where reports may be sent: a node must not be made to call whatever it can reach. */
export interface WebhookRules {
  /** Origins that the operator has named, such as `https://hub.example`. */
  readonly origins: readonly string[];
  /** Whether any address of this machine may be called: on a devnet. */
  readonly loopback: boolean;
}

export interface Delivery {
  readonly dest: string;
  readonly signatureToken: string | undefined;
  readonly body: string;
}

/** Throws EPCIS_SECURITY for a destination that is not allowed, EPCIS_VALIDATION for no URL. */
export function checkDestination(dest: string, rules: WebhookRules): void {
  const url = URL.canParse(dest) ? new URL(dest) : undefined;
  if (url === undefined || !['http:', 'https:'].includes(url.protocol)) {
    throw new CodedError('EPCIS_VALIDATION', '/dest is no HTTP address', {
      details: { errors: [{ path: '/dest', code: 'uri_malformed', message: 'no HTTP address' }] },
    });
  }
  const isAllowed = rules.origins.includes(url.origin) || (rules.loopback && isLoopback(url));
  if (isAllowed && url.username === '' && url.password === '') return;
  throw new CodedError('EPCIS_SECURITY', `reports to ${url.origin} are not allowed by this node`);
}

/**
 * Sends one report. The signature is the Base64 of the HMAC-SHA-256 of the body's bytes under the
 * subscriber's token. Throws when the destination does not take it.
 */
export async function deliver(
  { dest, signatureToken, body }: Delivery,
  signal: AbortSignal,
): Promise<void> {
  const bytes = Buffer.from(body, 'utf8');
  const answer = await fetch(dest, {
    method: 'POST',
    body: bytes,
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(DELIVERY_MS)]),
    headers: {
      'content-type': 'application/json',
      ...epcisVersionHeaders(),
      ...(signatureToken !== undefined && {
        'gs1-signature': createHmac('sha256', signatureToken).update(bytes).digest('base64'),
      }),
    },
  });
  await answer.body?.cancel();
  if (!answer.ok) throw new CodedError('TRANSPORT_FAILED', `${dest} answered ${answer.status}`);
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

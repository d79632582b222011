import { signal } from '@preact/signals';

const TIMEOUT_MS = 15_000;

/** A refusal of the node, or that it cannot be reached (`UNREACHABLE`, status 0). */
export class PageProblem extends Error {
  override readonly name = 'PageProblem';
  readonly status: number;
  readonly code: string;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    status: number,
    code: string,
    message: string,
    details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.details = details;
  }
}

/** A bearer token, in memory only: it is gone when the page is closed. */
export const token = signal<string | undefined>(undefined);

/** The party that the token reads as. */
export const reader = signal<string | undefined>(undefined);

/** Whether the node answered last time. */
export const reachable = signal(true);

/** Headers that every request carries. */
export function authorization(): Record<string, string> {
  return token.value === undefined ? {} : { authorization: `Bearer ${token.value}` };
}

/** Asks the node that served this page. Throws `PageProblem`. */
export async function getJson<T>(path: string, signal?: AbortSignal): Promise<T> {
  return send<T>(path, { method: 'GET' }, signal);
}

/** Sends JSON to the node that served this page. Throws `PageProblem`. */
export async function postJson<T>(path: string, body: unknown): Promise<T> {
  const headers = { 'content-type': 'application/json' };
  return send<T>(path, { method: 'POST', body: JSON.stringify(body), headers });
}

async function send<T>(path: string, init: RequestInit, outer?: AbortSignal): Promise<T> {
  const timeout = AbortSignal.timeout(TIMEOUT_MS);
  const ends = outer === undefined ? timeout : AbortSignal.any([timeout, outer]);
  const headers = { accept: 'application/json', ...init.headers, ...authorization() };
  let response: Response;
  let body: unknown;
  try {
    response = await fetch(path, { ...init, headers, signal: ends, cache: 'no-store' });
    body = await response.json();
  } catch (error) {
    if (outer?.aborted === true) throw error;
    reachable.value = false;
    throw new PageProblem(0, 'UNREACHABLE', String(error));
  }
  reachable.value = true;
  // The shapes are checked where they matter: what is believed is decoded from proved bytes.
  if (response.ok) return body as T;
  // A session ends after an hour: what follows is asked as anybody.
  if (response.status === 401 && token.value !== undefined) {
    token.value = undefined;
    reader.value = undefined;
  }
  throw problemFrom(response.status, body);
}

function problemFrom(status: number, body: unknown): PageProblem {
  const { code, detail, title, details } = isRecord(body) ? body : {};
  const text = [detail, title].find((one) => typeof one === 'string');
  const name = typeof code === 'string' ? code : 'INTERNAL';
  return new PageProblem(status, name, String(text ?? status), isRecord(details) ? details : {});
}

/** Whether a value is an object with members. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

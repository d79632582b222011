import { CodedError, isJsonObject, type JsonObject, parseJson } from '@triflow/protocol';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { checkBodyType, type EpcisForm } from '../../routes/epcisForm.js';
import type { RequestAccess } from '../access/requestAccess.js';

/** One request to the EPCIS interface, its path and headers understood. */
export interface EpcisCall {
  readonly params: Readonly<Record<string, string>>;
  /** Path below the base. */
  readonly path: string;
  /** The URL's query, without the question mark. */
  readonly search: string;
  readonly form: EpcisForm;
  readonly access: RequestAccess;
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
}

export interface EpcisAnswer {
  readonly status: number;
  /** JSON text; nothing for 204. */
  readonly body?: string;
  readonly height?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Undefined when the handler has taken the connection over. */
export type EpcisHandler = (call: EpcisCall) => Promise<EpcisAnswer | undefined>;

/** The JSON object of a request's body. Throws REQUEST_MEDIA_TYPE, EPCIS_VALIDATION. */
export function bodyOf({ request }: EpcisCall): JsonObject {
  checkBodyType(request.headers);
  const bytes = request.body instanceof Uint8Array ? request.body : new Uint8Array();
  const json = parseJson(bytes);
  if (!json.ok) throw invalidBody(json.fault.path ?? '', json.fault.code, json.fault.message);
  if (!isJsonObject(json.value)) throw invalidBody('', 'value_has_wrong_type', 'an object');
  return json.value;
}

/** What to throw for a wrong member of a body. */
export function invalidBody(path: string, code: string, message: string): CodedError {
  return new CodedError('EPCIS_VALIDATION', `${path} ${message}`.trim(), {
    details: { errors: [{ path, code, message }] },
  });
}

/** What to throw for a name that nothing has. */
export function noSuchName(what: string): CodedError {
  return new CodedError('EPCIS_NO_SUCH_NAME', `there is no ${what.slice(0, 200)}`);
}

/** A value of a path may hold slashes and more. */
export function pathOf(...segments: readonly string[]): string {
  return segments.map(encodeURIComponent).join('/');
}

import type { IncomingMessage } from 'node:http';
import { HttpError } from '../http/http-error.ts';
import { textOf } from '../http/read-body.ts';
import { nestsTooDeep } from './nests-too-deep.ts';

/** The parameters of one GraphQL request, as GraphQL over HTTP names them. */
export interface GraphqlParams {
  /** Null when a trusted document is named instead. */
  readonly query: string | null;
  readonly documentId: string | null;
  readonly operationName: string | null;
  readonly variables: Readonly<Record<string, unknown>>;
}

const badRequest = (message: string) => new HttpError(400, 'BAD_REQUEST', message);

/** @throws HttpError 400, 415 */
export function parsePostParams(body: Buffer): GraphqlParams {
  const text = textOf(body);
  if (text === '') throw badRequest('The body is empty: send JSON with a `query`.');
  return readParams(parseJson(text, 'The body is not valid JSON.'));
}

/** @throws HttpError 400 */
export function parseGetParams(request: IncomingMessage): GraphqlParams {
  const url = request.url ?? '';
  const search = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  const json = (name: string): unknown => {
    const text = search.get(name);
    return text === null || text === '' ? null : parseJson(text, `\`${name}\` is not valid JSON.`);
  };
  return readParams({
    query: search.get('query') ?? undefined,
    documentId: search.get('documentId') ?? undefined,
    operationName: search.get('operationName') || null,
    variables: json('variables'),
    extensions: json('extensions'),
  });
}

/**
 * Checks what arrived as JSON, over HTTP or in a WebSocket's `subscribe`.
 * @throws HttpError 400
 */
export function readParams(value: unknown): GraphqlParams {
  if (Array.isArray(value)) throw badRequest('Batching is off: send one operation a request.');
  if (!isRecord(value)) throw badRequest('The request must be a JSON object with a `query`.');
  const query = readText(value, 'query');
  const documentId = readText(value, 'documentId');
  if (query === null && documentId === null) throw badRequest('`query` is missing.');
  readRecord(value, 'extensions');
  return {
    query,
    documentId,
    operationName: readText(value, 'operationName'),
    variables: readRecord(value, 'variables') ?? {},
  };
}

function readText(params: Record<string, unknown>, name: string): string | null {
  const value = params[name];
  if (value === undefined || value === null) return null;
  if (typeof value !== 'string') throw badRequest(`\`${name}\` must be a string.`);
  return value;
}

function readRecord(params: Record<string, unknown>, name: string): Record<string, unknown> | null {
  const value = params[name];
  if (value === undefined || value === null) return null;
  if (!isRecord(value)) throw badRequest(`\`${name}\` must be an object.`);
  return value;
}

function parseJson(text: string, message: string): unknown {
  if (nestsTooDeep(text)) throw badRequest('The values of the request nest too deep.');
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(message);
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

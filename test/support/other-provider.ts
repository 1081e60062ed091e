import {
  json,
  refusal,
  type ScriptedUpstream,
  type SeenRequest,
  startScriptedUpstream,
} from './scripted-upstream.ts';

/** Where a provider may differ from the simulator without breaking its documentation. */
export interface OtherProviderOptions {
  /** Messages in the history, newest first. */
  readonly rows: readonly object[];
  /** Serves no more rows a page, whatever is asked. @default 100 */
  readonly maxRows?: number;
  /** What a page says of itself besides its rows. @default only the total */
  readonly envelope?: (page: {
    readonly total: number;
    readonly page: number;
    readonly limit: number;
  }) => object;
  /** Other answers, by path below `/api/v1`. */
  readonly bodies?: Readonly<Record<string, unknown>>;
}

const BASE_PATH = '/api/v1';

/** A provider written apart from the simulator: it says as little as the documentation lets it, and in other words. */
export const startOtherProvider = (options: OtherProviderOptions): Promise<ScriptedUpstream> =>
  startScriptedUpstream((request, response, index) => {
    const path = request.path.slice(BASE_PATH.length);
    const body =
      options.bodies?.[path] ?? (path.startsWith('/sms/messages') ? pageOf(options, request) : null);
    const answer = body === null ? refusal(404, 'NOT_FOUND') : json(body);
    return answer(request, response, index);
  });

function pageOf(
  { rows, maxRows = 100, envelope = ({ total }) => ({ total }) }: OtherProviderOptions,
  { query }: SeenRequest,
) {
  const page = Number(query.get('page') ?? 1);
  const limit = Math.min(Number(query.get('limit') ?? 25), maxRows);
  const messages = rows.slice((page - 1) * limit, page * limit);
  return { messages, ...envelope({ total: rows.length, page, limit }) };
}

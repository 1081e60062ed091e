import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { GatewayError } from '../../domain/errors.ts';
import { type ExportGrant, openExportToken } from '../../resolvers/export-messages.ts';
import type { CsvStream } from '../../rest/provider-session.ts';
import type { GatewayParts } from '../contracts/gateway-parts.ts';
import { HttpError } from '../http/http-error.ts';
import { type HttpExchange, requireMethod } from '../http/http-exchange.ts';
import { type LoadMonitor, RETRY_AFTER_OVERLOAD_SECONDS } from '../http/load-monitor.ts';

export interface ExportDownloadParts
  extends Pick<GatewayParts, 'providers' | 'sealers' | 'clock' | 'logger' | 'metrics'> {
  readonly load: LoadMonitor;
}

/**
 * Streams the provider's CSV to whoever holds the link, as it comes and as fast as it is taken: memory stays flat, and
 * the provider's stream is stopped when the caller leaves. Until the first byte, what goes wrong is told by a status and
 * a sentence; after it, the connection is cut, so that nobody takes half a file for a whole one.
 */
export function createExportDownload(parts: ExportDownloadParts): (exchange: HttpExchange) => Promise<void> {
  return async (exchange) => {
    const { request, response, requestId } = exchange;
    requireMethod(exchange, 'GET');
    refuseOverload(parts);
    const grant = openGrant(exchange, parts);
    const hangUp = new AbortController();
    response.once('close', () => hangUp.abort());
    const csv = await openCsv(grant, parts, hangUp.signal);
    if (response.destroyed || request.destroyed) return;
    response.writeHead(200, {
      'x-request-id': requestId,
      'x-content-type-options': 'nosniff',
      'content-type': csv.contentType,
      'content-disposition': `attachment; filename="${fileName(grant)}"`,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer', // the token is in the address
    });
    try {
      await passThrough(csv.body, response);
    } catch (error) {
      if (!hangUp.signal.aborted) parts.logger.error({ err: error, requestId }, 'an export broke off');
      response.destroy();
    }
  };
}

function refuseOverload({ load, metrics }: ExportDownloadParts): void {
  if (!load.isOverloaded) return;
  metrics.shedRequests.inc({ route: 'export' });
  const headers = { 'retry-after': String(RETRY_AFTER_OVERLOAD_SECONDS) };
  throw new HttpError(503, 'OVERLOADED', 'The gateway has more to do than it can: try again.', headers);
}

function openGrant({ request }: HttpExchange, { sealers, clock }: ExportDownloadParts): ExportGrant {
  const url = request.url ?? '';
  const token = new URLSearchParams(url.split('?', 2)[1] ?? '').get('token') ?? '';
  const opened = openExportToken(token, sealers.exportToken, clock);
  switch (opened.kind) {
    case 'GRANTED':
      return opened.grant;
    case 'EXPIRED':
      throw new HttpError(410, 'EXPIRED', 'The link has expired: ask for a new one with exportMessages.');
    case 'INVALID':
      throw new HttpError(403, 'FORBIDDEN', 'The link is not valid: ask for one with exportMessages.');
    default:
      return opened satisfies never;
  }
}

/** The workspace is the token's, whoever follows the link. */
async function openCsv(
  grant: ExportGrant,
  { providers, logger }: ExportDownloadParts,
  signal: AbortSignal,
): Promise<CsvStream> {
  const provider = providers.get(grant.workspace);
  if (provider === undefined)
    throw new HttpError(403, 'FORBIDDEN', 'The link is of a workspace that is not served here.');
  try {
    return await provider.openSession({ signal }).exportTraffic(grant.query, signal);
  } catch (error) {
    if (error instanceof GatewayError) throw new HttpError(statusOf(error), error.code, error.message);
    if (!signal.aborted) logger.error({ err: error }, 'could not open an export');
    throw new HttpError(502, 'INTERNAL_SERVER_ERROR', 'The export could not be opened.');
  }
}

const statusOf = ({ code }: GatewayError): number =>
  code === 'RATE_LIMITED' ? 429 : code === 'UPSTREAM_UNAVAILABLE' ? 503 : 502;

const fileName = ({ query: { range } }: ExportGrant): string =>
  `messages-${range.from}-to-${range.to}.csv`.replace(/[^\w.-]/g, '');

async function passThrough(body: AsyncIterable<Uint8Array>, response: ServerResponse): Promise<void> {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  for await (const chunk of body) {
    if (response.destroyed) return;
    if (!response.write(chunk)) await once(response, 'drain', { signal: gone.signal });
  }
  response.end();
}

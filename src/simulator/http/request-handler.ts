import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { World } from '../world/world.ts';
import { answerCall, type IncomingCall } from './api-call.ts';
import { parseTarget } from './call-target.ts';
import { answerAtEdge, answerThroughEdge } from './edge.ts';
import { FAULTS_PATH, handleFaultRoute } from './fault-route.ts';
import type { FaultSwitch } from './fault-switch.ts';
import type { RateCounter } from './rate-limit.ts';
import { readRequestBody } from './request-body.ts';
import type { RequestLog, RequestRecord } from './request-log.ts';
import { writeAnswer, writeTornAnswer } from './write-answer.ts';

export interface RequestHandlerParts {
  readonly world: World;
  readonly faults: FaultSwitch;
  readonly requests: RequestLog;
  readonly accountRate: RateCounter;
  readonly ipRate: RateCounter;
  /** Aborts when the simulator closes. */
  readonly closing: AbortSignal;
}

const DEFAULT_DELAY_MS = 10_000;

function openRecord(parts: RequestHandlerParts, request: IncomingMessage): RequestRecord {
  const target = parseTarget(request.url ?? '');
  const record: RequestRecord = {
    atMs: parts.world.time.now(),
    method: request.method ?? '',
    path: target.path ?? target.signedPath,
    query: Object.fromEntries(target.query),
    workspace: null,
    status: null,
  };
  parts.requests.add(record);
  return record;
}

async function receive(
  parts: RequestHandlerParts,
  request: IncomingMessage,
  record: RequestRecord,
): Promise<IncomingCall | null> {
  const fault = parts.faults.take(record.method, record.path);
  if (fault?.kind === 'cut_before') {
    request.socket.destroy();
    return null;
  }
  return {
    method: record.method,
    target: parseTarget(request.url ?? ''),
    headers: request.headers,
    ip: request.socket.remoteAddress ?? '',
    body: await readRequestBody(request),
    fault,
    record,
  };
}

async function handleApi(
  parts: RequestHandlerParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const record = openRecord(parts, request);
  const call = await receive(parts, request, record);
  if (call === null) return;
  const atEdge = answerAtEdge(call.fault, parts.ipRate.admit(call.ip));
  const fromApi = atEdge ?? (await answerCall(parts.world, parts.accountRate, call));
  const answer = answerThroughEdge(call.fault, fromApi);
  if (call.fault?.kind === 'cut_after') return void request.socket.destroy();
  if (call.fault?.kind === 'slow') {
    await delay(call.fault.delayMs ?? DEFAULT_DELAY_MS, undefined, { signal: parts.closing, ref: false });
  }
  response.setHeader('Date', new Date(parts.world.time.now()).toUTCString());
  record.status = answer.kind === 'stream' ? 200 : answer.status;
  if (call.fault?.kind === 'cut_answer') return writeTornAnswer(request, response, answer);
  await writeAnswer(response, answer);
}

/** Handles one request; a caller who left, or closing, ends it quietly. */
export function createRequestHandler(parts: RequestHandlerParts) {
  return (request: IncomingMessage, response: ServerResponse): void => {
    const isFaultRoute = (request.url ?? '').split('?')[0] === FAULTS_PATH;
    const handled = isFaultRoute
      ? handleFaultRoute(parts.faults, request, response)
      : handleApi(parts, request, response);
    handled.catch(() => request.socket.destroy());
  };
}

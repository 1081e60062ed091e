import type { IncomingHttpHeaders } from 'node:http';
import { isPermitted, type KeyState } from '../accounts/key-state.ts';
import type { Answer } from '../api/answer.ts';
import { ApiProblem, problemBody } from '../api/api-problem.ts';
import type { FaultSpec } from '../api/fault.ts';
import { findRoute } from '../endpoints/router.ts';
import type { World } from '../world/world.ts';
import { authenticate } from './authenticate.ts';
import type { CallTarget } from './call-target.ts';
import type { RateCounter } from './rate-limit.ts';
import type { RequestRecord } from './request-log.ts';

/** A call that came past the edge. */
export interface IncomingCall {
  readonly method: string;
  readonly target: CallTarget;
  readonly headers: IncomingHttpHeaders;
  readonly ip: string;
  readonly body: Buffer;
  readonly fault: FaultSpec | null;
  readonly record: RequestRecord;
}

function admit(key: KeyState, accountRate: RateCounter, fault: FaultSpec | null): void {
  const isWithinRate = accountRate.admit(key.workspace.account.id);
  if (isWithinRate && fault?.kind !== 'rate_limit_json') return;
  throw new ApiProblem('RATE_LIMIT_EXCEEDED', 'The account made too many requests.');
}

function requireSandbox(key: KeyState): void {
  if (!key.isSandbox || key.workspace.account.condition.isSandboxAvailable) return;
  throw new ApiProblem('SANDBOX_UNAVAILABLE', 'The sandbox is down.');
}

/** Key, rate, route, permission, sandbox, and then the endpoint: the first thing wrong is the answer. */
async function runCall(world: World, accountRate: RateCounter, call: IncomingCall): Promise<Answer> {
  const { method, target, fault } = call;
  const credentials = { ...call, path: target.signedPath };
  const key = authenticate(world.keys, credentials, world.time.now());
  call.record.workspace = key.workspace.id;
  admit(key, accountRate, fault);
  const route = target.path === null ? null : findRoute(method, target.path);
  if (route === null) throw new ApiProblem('NOT_FOUND', 'There is no such endpoint.');
  if (!isPermitted(key, route.endpoint.permission)) {
    throw new ApiProblem('FORBIDDEN', `The key lacks the permission ${route.endpoint.permission}.`);
  }
  requireSandbox(key);
  return route.endpoint.run({
    world,
    key,
    fault,
    journal: key.isSandbox ? key.workspace.sandbox : key.workspace.live,
    query: target.query,
    body: call.body.toString(),
    pathParameter: route.pathParameter,
  });
}

/** The answer of the API; what went wrong comes in the envelope. */
export async function answerCall(
  world: World,
  accountRate: RateCounter,
  call: IncomingCall,
): Promise<Answer> {
  try {
    return await runCall(world, accountRate, call);
  } catch (error) {
    const problem =
      error instanceof ApiProblem
        ? error
        : new ApiProblem('INTERNAL_ERROR', `The simulator failed: ${error}`);
    return { kind: 'json', status: problem.status, body: problemBody(problem) };
  }
}

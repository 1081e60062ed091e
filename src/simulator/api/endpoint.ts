import type { KeyState } from '../accounts/key-state.ts';
import type { MessageJournal } from '../messages/message-journal.ts';
import type { World } from '../world/world.ts';
import type { Answer } from './answer.ts';
import { ApiProblem, isErrorCode } from './api-problem.ts';
import type { FaultSpec } from './fault.ts';

/** An authenticated call on its way to an endpoint. */
export interface ApiCall {
  readonly world: World;
  readonly key: KeyState;
  /** The live messages, or those of the sandbox keys. */
  readonly journal: MessageJournal;
  readonly query: URLSearchParams;
  readonly body: string;
  /** What stands for `:message_id` in the path. */
  readonly pathParameter: string;
  readonly fault: FaultSpec | null;
}

export interface Endpoint {
  readonly method: 'GET' | 'POST' | 'PUT';
  /** Below `/api/v1`. One `:name` may stand as the last part. */
  readonly path: string;
  readonly permission: string;
  run(call: ApiCall): Answer | Promise<Answer>;
}

interface EndpointParts<Input> extends Omit<Endpoint, 'run'> {
  /** Everything that can be wrong with the call, in the provider's order. @throws ApiProblem */
  check(call: ApiCall): Input;
  /** Carries it out. */
  answer(call: ApiCall, input: Input): Answer | Promise<Answer>;
}

/** An endpoint checks first; faults of the storage behind it strike only calls that were in order. */
export const defineEndpoint = <Input>(parts: EndpointParts<Input>): Endpoint => ({
  method: parts.method,
  path: parts.path,
  permission: parts.permission,
  run(call) {
    const input = parts.check(call);
    raiseStorageFault(call.fault);
    return parts.answer(call, input);
  },
});

function raiseStorageFault(fault: FaultSpec | null): void {
  switch (fault?.kind) {
    case 'db_error':
      throw new ApiProblem('DB_ERROR', 'The database failed; nothing was changed.');
    case 'internal_error':
      throw new ApiProblem('INTERNAL_ERROR', 'Something went wrong.');
    case 'sandbox_unavailable':
      throw new ApiProblem('SANDBOX_UNAVAILABLE', 'The sandbox is down.');
    case 'error': {
      const code = fault.errorCode ?? 'INTERNAL_ERROR';
      throw new ApiProblem(isErrorCode(code) ? code : 'INTERNAL_ERROR', 'A fault was asked for.');
    }
    default:
  }
}

export const nothingToCheck = (): null => null;

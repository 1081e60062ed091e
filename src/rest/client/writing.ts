import type { Dispatcher, Pool } from 'undici';

/** Whether bytes of the request may be on the wire. */
export interface Writing {
  hasBegun: boolean;
}

interface Beginning {
  readonly method: string;
  readonly mayStillStart?: (() => boolean) | undefined;
}

/** For what changes something at the provider: notes the moment from which bytes may be on the wire. */
export function dispatcherFor(
  pool: Pool,
  { method, mayStillStart = () => true }: Beginning,
  writing: Writing,
): Dispatcher {
  if (method === 'GET') return pool;
  return pool.compose(
    (dispatch) => (options, handler) => dispatch(options, noteWriting(handler, writing, mayStillStart)),
  );
}

function noteWriting(
  handler: Dispatcher.DispatchHandler,
  writing: Writing,
  mayStillStart: () => boolean,
): Dispatcher.DispatchHandler {
  return {
    onRequestStart(controller, context) {
      // A request that was begun must not be begun again on another socket, whatever the client thinks of it.
      if (writing.hasBegun) controller.abort(new Error('A request that changes something is written once.'));
      // The process may have been stopped since it looked whether it may send.
      else if (!mayStillStart()) controller.abort(new Error('It is too late to begin this request.'));
      handler.onRequestStart?.(controller, context);
      writing.hasBegun ||= !controller.aborted;
    },
    onRequestUpgrade: (controller, status, headers, socket) =>
      handler.onRequestUpgrade?.(controller, status, headers, socket),
    onResponseStart: (controller, status, headers, message) =>
      handler.onResponseStart?.(controller, status, headers, message),
    onResponseData: (controller, chunk) => handler.onResponseData?.(controller, chunk),
    onResponseEnd: (controller, trailers) => handler.onResponseEnd?.(controller, trailers),
    onResponseError: (controller, error) => handler.onResponseError?.(controller, error),
  };
}

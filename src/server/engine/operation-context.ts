import type { OperationContext } from '../../context.ts';
import { ForbiddenError } from '../../domain/errors.ts';
import type { Viewer } from '../../domain/viewer.ts';
import type { Interruptible } from '../../rest/provider-session.ts';
import type { GatewayParts } from '../contracts/gateway-parts.ts';

/** Who asks, under which id, and whether it is still there. */
export interface Caller {
  readonly requestId: string;
  readonly viewer: Viewer;
  /** Aborts when the caller hangs up. Made when it is first read. */
  readonly signal: AbortSignal;
}

export const createCaller = (requestId: string, viewer: Viewer, hangUp: Interruptible): Caller => ({
  requestId,
  viewer,
  get signal() {
    return hangUp.signal;
  },
});

/** Makes the context of one operation from the parts of the process. */
export function createContextFactory(parts: GatewayParts, publicUrl: () => string) {
  const { store, hub, sealers, rootKey, processId, clock, metrics, guards, pendingWork, logger } = parts;
  const providerOf = (workspace: string) => {
    const provider = parts.providers.get(workspace);
    if (provider === undefined)
      throw new ForbiddenError('The token names a workspace that is not served here.');
    return provider;
  };

  return {
    /** @throws ForbiddenError when the viewer's workspace is not served here */
    forOperation(caller: Caller): OperationContext {
      const { requestId, viewer } = caller;
      return {
        requestId,
        viewer,
        get signal() {
          return caller.signal;
        },
        provider: providerOf(viewer.workspace).openSession(caller),
        store,
        hub,
        sealers,
        rootKey,
        processId,
        publicUrl: publicUrl(),
        clock,
        logger,
        metrics,
        guards,
        pendingWork,
      };
    },
    /**
     * A context for one event of an open subscription: new loaders, and no signal, because the answer may be shared with
     * others when the subscriber it was begun for leaves.
     */
    forEvent(context: OperationContext): OperationContext {
      const nobody = new AbortController();
      const provider = providerOf(context.viewer.workspace).openSession(nobody);
      return { ...context, signal: nobody.signal, provider };
    },
  };
}

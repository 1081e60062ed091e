import type { OperationContext } from '../../context.ts';
import { ForbiddenError } from '../../domain/errors.ts';
import type { Interruptible } from '../../domain/interruptible.ts';
import type { Viewer } from '../../domain/viewer.ts';
import type { GatewayParts } from '../contracts/gateway-parts.ts';

/** Who asks, under which id, and whether it is still there. */
export interface Caller {
  readonly requestId: string;
  readonly viewer: Viewer;
  /** Its signal aborts when the caller hangs up. */
  readonly hangUp: Interruptible;
}

/** Makes the context of one operation from the parts of the process. */
export function createContextFactory(parts: GatewayParts, publicUrl: () => string) {
  const {
    store,
    hub,
    sealers,
    rootKey,
    processId,
    clock,
    metrics,
    guards,
    pendingWork,
    sendAttempts,
    logger,
  } = parts;
  const providerOf = (workspace: string) => {
    const provider = parts.providers.get(workspace);
    if (provider === undefined)
      throw new ForbiddenError('The token names a workspace that is not served here.');
    return provider;
  };

  return {
    /** @throws ForbiddenError when the viewer's workspace is not served here */
    forOperation({ requestId, viewer, hangUp }: Caller): OperationContext {
      return {
        requestId,
        viewer,
        hangUp,
        provider: providerOf(viewer.workspace).openSession(hangUp),
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
        sendAttempts,
      };
    },
    /**
     * A context for one event of an open subscription: new loaders, and nobody who hangs up, because the answer may be
     * shared with others when the subscriber it was begun for leaves.
     */
    forEvent(context: OperationContext): OperationContext {
      const hangUp = new AbortController();
      return { ...context, hangUp, provider: providerOf(context.viewer.workspace).openSession(hangUp) };
    },
  };
}

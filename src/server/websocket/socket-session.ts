import type { IncomingMessage } from 'node:http';
import { ForbiddenError, GatewayError, UnauthenticatedError } from '../../domain/errors.ts';
import { createPendingWork, type PendingWork } from '../../domain/pending-work.ts';
import type { Viewer } from '../../domain/viewer.ts';
import { bearerToken, connectionToken } from '../access/bearer-token.ts';
import { callAt } from '../access/call-at.ts';
import { type CallerSlots, callerKey } from '../access/caller-slots.ts';
import type { GatewayParts } from '../contracts/gateway-parts.ts';
import { CLOSE_CODES } from './close-codes.ts';
import type { SocketLink } from './socket-link.ts';

/** Who is at the other end of one WebSocket, from its first message to its end. */
export interface SocketSession {
  readonly link: SocketLink;
  /** Queries and mutations that run: a drain lets them answer. */
  readonly calls: PendingWork;
  /** An id for the next operation: the connection's own and a number. */
  nextRequestId(): string;
  /**
   * Checks the token of `connection_init`. Does not throw: a caller that may not stay has its socket closed.
   * @returns false when the socket was closed
   */
  open(payload: Readonly<Record<string, unknown>> | undefined): Promise<boolean>;
  /** Checks the token again, before each operation. @returns null when the socket was closed */
  revalidate(): Promise<Viewer | null>;
  end(): void;
}

export interface SocketSessionParts extends Pick<GatewayParts, 'authenticator' | 'clock' | 'logger'> {
  readonly slots: CallerSlots;
}

/** A close frame carries so many bytes of a reason (RFC 6455, 5.5.1); our sentences are ASCII. */
const MAX_REASON_LENGTH = 123;

export function createSocketSession(
  { authenticator, clock, logger, slots }: SocketSessionParts,
  {
    link,
    request,
    requestId,
  }: { readonly link: SocketLink; readonly request: IncomingMessage; readonly requestId: string },
): SocketSession {
  let token: string | null = null;
  let operations = 0;
  let release = () => {};
  let cancelExpiry = () => {};

  function closeAt(expiresAtMs: number | null): void {
    cancelExpiry();
    if (expiresAtMs === null) return;
    cancelExpiry = callAt(expiresAtMs, clock, () =>
      link.close(CLOSE_CODES.forbidden, 'The token has expired.'),
    );
  }

  async function revalidate(): Promise<Viewer | null> {
    try {
      const { viewer, expiresAtMs } = await authenticator.authenticate(token);
      closeAt(expiresAtMs);
      return viewer;
    } catch (error) {
      refuse(error);
      return null;
    }
  }

  /** Only a verdict on the token is final: when it cannot be checked, the client is to come back. */
  function refuse(error: unknown): void {
    if (error instanceof UnauthenticatedError || error instanceof ForbiddenError) {
      link.close(CLOSE_CODES.forbidden, error.message.slice(0, MAX_REASON_LENGTH));
      return;
    }
    if (!(error instanceof GatewayError))
      logger.error({ err: error, requestId }, 'could not check the token of a WebSocket');
    link.close(CLOSE_CODES.tryAgainLater, 'The token cannot be checked right now');
  }

  return {
    link,
    calls: createPendingWork(),
    nextRequestId: () => `${requestId}.${++operations}`,
    revalidate,
    async open(payload) {
      token = connectionToken(payload) ?? bearerToken(request.headers.authorization);
      const viewer = await revalidate();
      if (viewer === null) return false;
      const slot = slots.take(callerKey(viewer, request));
      if (slot === null) link.close(CLOSE_CODES.tryAgainLater, 'Too many sockets');
      release = slot ?? release;
      return slot !== null;
    },
    end() {
      cancelExpiry();
      release();
    },
  };
}

/**
 * How the gateway closes WebSockets by itself; the protocol's own codes (4400, 4401, 4406, 4408, 4409, 4429) are
 * graphql-ws's. Clients of graphql-ws come back after 1001, 1012 and 1013, and give up after the others.
 */
export const CLOSE_CODES = {
  /** A message that cannot be used, as graphql-ws says it. */
  badRequest: 4400,
  /** The token is not accepted, or its time is over. */
  forbidden: 4403,
  /** A bug of ours while handling a message. Not 4500: that tells what went wrong inside. */
  internalError: 1011,
  /** This process ends; another one, or the next one, takes over. */
  serviceRestart: 1012,
  /** Too many sockets, or the tokens cannot be checked right now. */
  tryAgainLater: 1013,
} as const;

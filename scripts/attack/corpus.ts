import { BOMB_ATTACKS } from './corpus/bombs.ts';
import { CLAIRVOYANCE } from './corpus/clairvoyance.ts';
import { COP_OVER_HTTP } from './corpus/cop-over-http.ts';
import { DEEP_INPUTS } from './corpus/deep-inputs.ts';
import { FOREIGN_ORIGINS } from './corpus/foreign-origins.ts';
import { GRAPHQL_COP } from './corpus/graphql-cop.ts';
import { ID_GUESSING, TOKEN_GUESSING } from './corpus/id-guessing.ts';
import { LARGE_BODIES } from './corpus/large-bodies.ts';
import { LARGE_MESSAGES } from './corpus/large-messages.ts';
import { NUMBER_PUMPING } from './corpus/number-pumping.ts';
import { SLOW_BODIES } from './corpus/slow-bodies.ts';
import { SOCKET_FLOOD } from './corpus/socket-flood.ts';
import { TOKEN_TRICKS } from './corpus/token-tricks.ts';
import { overAllTransports } from './query-attack.ts';
import type { Attack } from './target.ts';

/** Attacks that run one after the other; the lanes run side by side. */
export type Lane = readonly Attack[];

/** Lanes that one process goes. */
export type Crew = readonly Lane[];

/**
 * All that is tried, so that what is large, what is slow and what is costly come together. What is heavy to send has a
 * process of its own: it must not look as if the gateway were slow.
 */
export const CREWS: readonly Crew[] = [
  [
    [...COP_OVER_HTTP, ...overAllTransports([...GRAPHQL_COP, ...CLAIRVOYANCE, ...BOMB_ATTACKS])],
    [...FOREIGN_ORIGINS, ...TOKEN_GUESSING, ...overAllTransports([...ID_GUESSING, ...DEEP_INPUTS])],
    [...TOKEN_TRICKS, ...SOCKET_FLOOD],
    ...SLOW_BODIES.map((attack) => [attack]),
    NUMBER_PUMPING,
  ],
  [LARGE_BODIES, LARGE_MESSAGES],
];

import './scalars.ts';
import './root-types.ts';
// Errors that outcomes share
import './invalid-input-error.ts';
import './rate-limited-error.ts';
import './upstream-unavailable-error.ts';
// Concepts
import './message.ts';
import './viewer.ts';
// Sending and estimating
import './estimate.ts';
import './send-sms.ts';
// Following
import './delivery-report-received.ts';
import './message-status-changed.ts';

import type { GraphQLSchema } from 'graphql';
import { builder } from './builder.ts';
import { guardRootFields } from './scope.ts';

/** The public schema: every concept file above adds its part to the builder. */
export const schema: GraphQLSchema = guardRootFields(builder.toSchema());

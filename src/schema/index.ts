import './scalars.ts';
import './root-types.ts';
// Errors that outcomes share
import './invalid-input-error.ts';
import './rate-limited-error.ts';
import './upstream-unavailable-error.ts';
import './webhook-refused-error.ts';
// Searching
import './messages.ts';
import './node.ts';
import './traffic.ts';
// The account
import './balance.ts';
import './payments.ts';
import './prices.ts';
import './stats.ts';
import './viewer.ts';
import './webhook-attempts.ts';
import './webhook-settings.ts';
// Changing and exporting
import './export-messages.ts';
import './test-webhook.ts';
import './update-webhook-settings.ts';
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

import {
  InvalidInputError,
  RateLimitedError,
  UpstreamUnavailableError,
  WebhookRefusedError,
} from '../domain/errors.ts';
import { testWebhook, type WebhookTest } from '../resolvers/test-webhook.ts';
import { builder } from './builder.ts';
import { cost } from './complexity.ts';
import { needsScope } from './scope.ts';

const WebhookTestType = builder.objectRef<WebhookTest>('WebhookTest').implement({
  description: 'A test webhook that the provider was asked to post.',
  fields: (t) => ({
    requestedAt: t.expose('requestedAt', {
      type: 'DateTime',
      description:
        'When it was asked for, such as `2026-02-13T10:30:00.000Z`; `Query.webhookAttempts` shows what came of it.',
    }),
  }),
});

builder.mutationField('testWebhook', (t) =>
  t.field({
    type: WebhookTestType,
    nullable: true,
    description: 'Asks the provider to post a test webhook to the delivery URL of the workspace.',
    extensions: needsScope('webhooks.write'),
    complexity: cost({ upstreamCalls: 1, rows: 1 }),
    errors: {
      types: [InvalidInputError, WebhookRefusedError, RateLimitedError, UpstreamUnavailableError],
      union: { name: 'TestWebhookOutcome', description: 'The test, or why it was not made.' },
    },
    resolve: (_root, _args, context) => testWebhook(context),
  }),
);

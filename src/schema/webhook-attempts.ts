import type { WebhookAttempt } from '../domain/webhook-settings.ts';
import { builder } from './builder.ts';
import { cost } from './complexity.ts';
import { needsScope } from './scope.ts';

/** The provider sends its log whole. */
const COUNTED_ROWS = 100;

const WebhookAttemptType = builder.objectRef<WebhookAttempt>('WebhookAttempt').implement({
  description: 'One attempt of the provider to post a webhook.',
  fields: (t) => ({
    attemptId: t.exposeString('attemptId', {
      description: "The provider's id of the attempt, such as `9041`.",
    }),
    event: t.exposeString('event', {
      nullable: true,
      description: 'What it was about, such as `delivery`. Null when not recorded.',
    }),
    url: t.exposeString('url', {
      nullable: true,
      description:
        'Where it was posted, such as `https://sms.example.com/webhooks/delivery`. Null when not recorded.',
    }),
    httpStatus: t.exposeInt('httpStatus', {
      nullable: true,
      description: 'The HTTP status of the answer, such as `204`. Null when none came.',
    }),
    isSuccessful: t.exposeBoolean('isSuccessful', {
      nullable: true,
      description: 'True when it counted as taken in. Null when not recorded.',
    }),
    attemptedAt: t.expose('attemptedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was posted, such as `2026-02-13T10:30:05.000Z`. Null when not recorded.',
    }),
  }),
});

builder.queryField('webhookAttempts', (t) =>
  t.field({
    type: [WebhookAttemptType],
    nullable: true,
    description: "The provider's log of webhooks that it tried to post. Provider: `GET /user/webhooks/logs`.",
    extensions: needsScope('webhooks.read'),
    complexity: cost({ upstreamCalls: 1, rows: COUNTED_ROWS }),
    resolve: (_root, _args, { provider }) => provider.fetchWebhookAttempts(),
  }),
);

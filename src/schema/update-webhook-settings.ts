import {
  InvalidInputError,
  RateLimitedError,
  UpstreamUnavailableError,
  WebhookRefusedError,
} from '../domain/errors.ts';
import { updateWebhookSettings } from '../resolvers/update-webhook-settings.ts';
import { builder } from './builder.ts';
import { cost } from './complexity.ts';
import { needsScope } from './scope.ts';
import { WebhookSettingsType } from './webhook-settings.ts';

const UpdateWebhookSettingsInput = builder.inputType('UpdateWebhookSettingsInput', {
  description: 'What to change; a member that is left out keeps its setting.',
  fields: (t) => ({
    deliveryUrl: t.string({
      description:
        'Where delivery reports go, such as `https://sms.example.com/webhooks/delivery`; null switches them off.',
    }),
    clickUrl: t.string({
      description: 'Where clicks go, such as `https://example.com/clicks`; null switches them off.',
    }),
    conversionUrl: t.string({
      description: 'Where conversions go, such as `https://example.com/conversions`; null switches them off.',
    }),
    deliveryFields: t.stringList({
      description:
        'Extra members of delivery reports, by the provider\'s names, such as `["telecom_message_id"]`; null keeps them.',
    }),
    conversionFields: t.stringList({
      description:
        'Extra members of conversions, by the provider\'s names, such as `["workspace_id"]`; null keeps them.',
    }),
    uniqueClicksOnly: t.boolean({
      description: 'True posts only the first click of a recipient; null keeps the setting.',
    }),
    signingSecret: t.string({
      description:
        'The new secret that webhooks are signed with, up to 64 characters, such as `whsec_5b1f`; null keeps it.',
    }),
    clearSigningSecret: t.boolean({
      description: 'True removes the secret, so that webhooks come unsigned. Excludes `signingSecret`.',
    }),
  }),
});

builder.mutationField('updateWebhookSettings', (t) =>
  t.field({
    type: WebhookSettingsType,
    nullable: true,
    description:
      'Changes the webhook settings of the workspace at the provider, and answers with all of them.',
    args: {
      input: t.arg({ type: UpdateWebhookSettingsInput, required: true, description: 'What to change.' }),
    },
    extensions: needsScope('webhooks.write'),
    complexity: cost({ upstreamCalls: 1, rows: 1 }),
    errors: {
      types: [InvalidInputError, WebhookRefusedError, RateLimitedError, UpstreamUnavailableError],
      union: {
        name: 'UpdateWebhookSettingsOutcome',
        description: 'The settings as they are now, or why they were not changed.',
      },
    },
    resolve: (_root, args, context) => updateWebhookSettings(args, context),
  }),
);

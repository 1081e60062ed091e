import type { WebhookSettings } from '../domain/webhook-settings.ts';
import { builder } from './builder.ts';
import { cost } from './complexity.ts';
import { needsScope } from './scope.ts';

export const WebhookSettingsType = builder.objectRef<WebhookSettings>('WebhookSettings').implement({
  description: 'Where the provider posts delivery reports, clicks and conversions of the workspace.',
  fields: (t) => ({
    deliveryUrl: t.exposeString('deliveryUrl', {
      nullable: true,
      description:
        'Where delivery reports go, such as `https://sms.example.com/webhooks/delivery`. Null when off.',
    }),
    clickUrl: t.exposeString('clickUrl', {
      nullable: true,
      description: 'Where clicks go, such as `https://example.com/clicks`. Null when off.',
    }),
    conversionUrl: t.exposeString('conversionUrl', {
      nullable: true,
      description: 'Where conversions go, such as `https://example.com/conversions`. Null when off.',
    }),
    deliveryFields: t.exposeStringList('deliveryFields', {
      description:
        "Extra members of delivery reports, by the provider's names, such as `telecom_message_id`.",
    }),
    conversionFields: t.exposeStringList('conversionFields', {
      description: "Extra members of conversions, by the provider's names, such as `workspace_id`.",
    }),
    uniqueClicksOnly: t.exposeBoolean('uniqueClicksOnly', {
      nullable: true,
      description:
        'True when only the first click of a recipient is posted. Null when the provider does not say.',
    }),
    isSigningSecretSet: t.exposeBoolean('isSigningSecretSet', {
      description:
        'True when webhooks are signed. The secret itself can never be read. Provider: `signing_secret_set`.',
    }),
  }),
});

builder.queryField('webhookSettings', (t) =>
  t.field({
    type: WebhookSettingsType,
    nullable: true,
    description: 'The webhook settings of the workspace at the provider.',
    extensions: needsScope('webhooks.read'),
    complexity: cost({ upstreamCalls: 1, rows: 1 }),
    resolve: (_root, _args, { provider }) => provider.fetchWebhookSettings(),
  }),
);

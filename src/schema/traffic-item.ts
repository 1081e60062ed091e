import { encodeNodeId } from '../domain/node-id.ts';
import { countryOf } from '../domain/phone-number.ts';
import type { TrafficItem, TrafficItemSource } from '../domain/traffic-item.ts';
import { trafficItemNodeKey } from '../resolvers/traffic-item-node.ts';
import { builder } from './builder.ts';
import { MessageStatusEnum } from './message-status.ts';

const TrafficItemSourceEnum = builder.enumType('TrafficItemSource', {
  description: 'What sent a message.',
  values: {
    API: { description: 'A send over the API. Provider: `api`.' },
    CAMPAIGN: { description: 'A campaign (broadcast). Provider: `campaign`.' },
    UNRECOGNIZED: { description: 'A source that this version does not know.' },
  } as const satisfies Record<TrafficItemSource, { description: string }>,
});

export const TrafficItemType = builder.objectRef<TrafficItem>('TrafficItem').implement({
  description: 'One message of the unified history: sent over the API or by a campaign.',
  interfaces: [builder.nodeInterfaceRef()],
  fields: (t) => ({
    id: t.id({
      description: 'Opaque and stable; for caches and `Query.node`.',
      resolve: (item) => encodeNodeId('TrafficItem', trafficItemNodeKey(item)),
    }),
    messageId: t.exposeString('messageId', {
      nullable: true,
      description:
        "The provider's id of the message, such as `api_42_1743667200123456789_a3f8b2c1d9e45f67`; for `Query.message`. Null for campaigns, and when the provider's row bears another id. Provider: `id`.",
    }),
    source: t.expose('source', {
      type: TrafficItemSourceEnum,
      description: 'What sent it, such as `CAMPAIGN`.',
    }),
    recipient: t.expose('recipient', {
      type: 'PhoneNumber',
      description: 'Who it goes to, such as `+447911123456`.',
    }),
    country: t.field({
      type: 'CountryCode',
      nullable: true,
      description:
        "The country of the recipient's number by the numbering plans, such as `GB`. Null for numbers of no country.",
      resolve: (item) => countryOf(item.recipient),
    }),
    sender: t.exposeString('sender', {
      nullable: true,
      description: 'The sender ID shown, such as `MyApp`. Null when not recorded. Provider: `sender_id`.',
    }),
    text: t.exposeString('text', {
      nullable: true,
      description:
        'The text as sent, such as `Sale ends today`. Null when not recorded. Provider: `message`.',
    }),
    segments: t.exposeInt('segments', {
      nullable: true,
      description:
        "How many segments (message parts) it takes, such as `1`. Null when the provider's row does not say; `Message.segments` does.",
    }),
    status: t.expose('status', {
      type: MessageStatusEnum,
      description: 'Where it stands, such as `DELIVERED`.',
    }),
    rawStatus: t.exposeString('rawStatus', {
      description: "The provider's own word for the status, such as `DELIVRD`.",
    }),
    statusCode: t.exposeString('statusCode', {
      nullable: true,
      description: "The carrier's code behind the status, such as `000`. Null until the carrier gave one.",
    }),
    cost: t.expose('cost', {
      type: 'Decimal',
      nullable: true,
      description: 'What it cost in the account currency, such as `"0.0085"`. Null until the provider knows.',
    }),
    sentAt: t.expose('sentAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was sent, such as `2026-02-13T10:30:00.000Z`. Null until then.',
    }),
    deliveredAt: t.expose('deliveredAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it reached the handset, such as `2026-02-13T10:30:04.000Z`. Null until delivered.',
    }),
    isClicked: t.exposeBoolean('isClicked', {
      nullable: true,
      description: 'True when a tracked link in it was opened. Null when not tracked. Provider: `clicked`.',
    }),
    clickedAt: t.expose('clickedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the link was first opened, such as `2026-02-13T11:02:00.000Z`. Null until then.',
    }),
    actionType: t.exposeString('actionType', {
      nullable: true,
      description:
        'What the recipient did in the end, such as `registration`. Null until something was recorded.',
    }),
    actionAt: t.expose('actionAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When they did it, such as `2026-02-13T11:05:00.000Z`. Null until then.',
    }),
  }),
});

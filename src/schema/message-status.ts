import type { MessageStatus, MessageStatusGroup } from '../domain/message-status.ts';
import { builder } from './builder.ts';

export const MessageStatusEnum = builder.enumType('MessageStatus', {
  description: 'Where a message stands.',
  values: {
    PENDING: { description: 'Queued at the provider, not yet sent. Not final. Provider: `pending`.' },
    SENT: { description: 'Handed to the carrier. Not final. Provider: `sent`.' },
    EN_ROUTE: { description: 'On its way in the carrier network. Not final. Provider: `ENROUTE`.' },
    ACCEPTED: { description: 'Taken in by the carrier. Not final. Provider: `ACCEPTD`.' },
    DELIVERED: { description: 'On the handset. Final. Provider: `DELIVRD`.' },
    UNDELIVERED: { description: 'Failed: bad number, phone off. Final. Provider: `UNDELIV`.' },
    REJECTED: { description: 'Refused by the carrier: filter, blacklist. Final. Provider: `REJECTD`.' },
    EXPIRED: { description: 'Its validity ran out before delivery. Final. Provider: `EXPIRED`.' },
    DELETED: { description: 'Deleted before delivery; counted as undelivered. Final. Provider: `DELETED`.' },
    UNKNOWN: { description: 'The final state is not known to the carrier. Final. Provider: `UNKNOWN`.' },
    FAILED: { description: 'A queue or configuration failure at the provider. Final. Provider: `failed`.' },
    UNRECOGNIZED: {
      description: 'A provider status that this version does not know; `rawStatus` holds it. Not final.',
    },
  } as const satisfies Record<MessageStatus, { description: string }>,
});

export const MessageStatusGroupEnum = builder.enumType('MessageStatusGroup', {
  description:
    'The groups of statuses that lists can be narrowed to: those the provider filters by. `FAILED` and `UNRECOGNIZED` are in none, because the provider has no filter for them (its word `failed` means `undelivered`): list without a group, and look at `status`.',
  values: {
    DELIVERED: { description: '`DELIVERED`. Provider: `delivered`.' },
    UNDELIVERED: { description: '`UNDELIVERED`, `REJECTED`, `DELETED`. Provider: `undelivered`.' },
    EXPIRED: { description: '`EXPIRED`. Provider: `expired`.' },
    PENDING: { description: '`PENDING`, `SENT`, `EN_ROUTE`, `ACCEPTED`. Provider: `pending`.' },
    UNKNOWN: { description: '`UNKNOWN`. Provider: `unknown`.' },
  } as const satisfies Record<MessageStatusGroup, { description: string }>,
});

import { WebhookRefusedError } from '../domain/errors.ts';
import { builder } from './builder.ts';
import { UserErrorInterface } from './user-error.ts';

builder.objectType(WebhookRefusedError, {
  name: 'WebhookRefusedError',
  description: 'The provider refused; `code` is its own, such as `INVALID_URL`. Nothing was changed.',
  interfaces: [UserErrorInterface],
});

import { RateLimitedError } from '../domain/errors.ts';
import { builder } from './builder.ts';
import { UserErrorInterface } from './user-error.ts';

builder.objectType(RateLimitedError, {
  name: 'RateLimitedError',
  description: 'Too many requests, at the provider or at a guard of the gateway. Nothing was done.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    retryAfterSeconds: t.exposeInt('retryAfterSeconds', {
      nullable: true,
      description: 'How long to wait, in seconds, such as `30`. Null when nobody said.',
    }),
  }),
});

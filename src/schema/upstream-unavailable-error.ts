import { UpstreamUnavailableError } from '../domain/errors.ts';
import { builder } from './builder.ts';
import { UserErrorInterface } from './user-error.ts';

builder.objectType(UpstreamUnavailableError, {
  name: 'UpstreamUnavailableError',
  description: 'The provider could not be reached or answered with a fault.',
  interfaces: [UserErrorInterface],
  fields: (t) => ({
    isSafeToRetry: t.exposeBoolean('isSafeToRetry', {
      description: 'True when it is certain that nothing was sent or changed.',
    }),
  }),
});

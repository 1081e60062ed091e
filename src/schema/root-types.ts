import { builder } from './builder.ts';

builder.queryType({
  description:
    'What can be asked. Fields that call the provider are null when it does not answer; the others stand.',
});

builder.mutationType({
  description: 'What can be done. Every outcome is a union: errors that the caller can act on are data.',
});

builder.subscriptionType({
  description:
    'What can be followed. Events carry a cursor: give the last one received as `after` and nothing is missed.',
});

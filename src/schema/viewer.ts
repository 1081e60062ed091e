import type { Viewer } from '../domain/viewer.ts';
import { builder } from './builder.ts';
import { needsNoScope } from './scope.ts';

const ViewerType = builder.objectRef<Viewer>('Viewer').implement({
  description: 'Who asks: the caller as this gateway knows it.',
  fields: (t) => ({
    subject: t.exposeString('subject', {
      nullable: true,
      description: 'The `sub` of the token, such as `user-42`. Null for an anonymous caller.',
    }),
    workspace: t.exposeString('workspace', {
      description: 'The workspace that everything is read from and sent by, such as `default`.',
    }),
    scopes: t.exposeStringList('scopes', {
      description:
        "What the caller may do, by the provider's permission names, such as `sms.send`; `*` is everything.",
    }),
    isSandbox: t.exposeBoolean('isSandbox', {
      description: 'True when nothing leaves this machine: messages go to the built-in simulator.',
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerType,
    description: 'Who asks, and what they may do.',
    extensions: needsNoScope(),
    resolve: (_root, _args, context) => context.viewer,
  }),
);

import { InvalidInputError } from '../domain/errors.ts';
import { type ExportLink, exportMessages } from '../resolvers/export-messages.ts';
import { builder } from './builder.ts';
import { cost } from './complexity.ts';
import { needsScope } from './scope.ts';
import { TrafficFilterInput } from './traffic-filter.ts';

const ExportLinkType = builder.objectRef<ExportLink>('ExportLink').implement({
  description: 'A link that downloads the wanted messages as CSV.',
  fields: (t) => ({
    url: t.exposeString('url', {
      description:
        'Where to download from with a plain GET, such as `https://sms.example.com/exports/messages.csv?token=…`. It needs no other credential: do not pass it on.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      description: 'Until when a download can be started, such as `2026-02-13T10:35:00.000Z`.',
    }),
  }),
});

builder.mutationField('exportMessages', (t) =>
  t.field({
    type: ExportLinkType,
    nullable: true,
    description:
      'Makes a short-lived link to the history as CSV, up to a million rows. Costs no REST call until it is followed.',
    args: {
      filter: t.arg({
        type: TrafficFilterInput,
        description: 'What to narrow the export to; all sources of the last 7 days when absent.',
      }),
    },
    extensions: needsScope('sms.read'),
    complexity: cost({ upstreamCalls: 0, rows: 1 }),
    errors: {
      types: [InvalidInputError],
      union: { name: 'ExportMessagesOutcome', description: 'The link, or what is wrong with the filter.' },
    },
    resolve: (_root, args, context) => exportMessages(args, context),
  }),
);

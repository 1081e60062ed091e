import type { Config } from '../config.ts';

export interface BannerFacts {
  readonly config: Config;
  readonly version: string;
  /** Where the gateway listens. */
  readonly url: string;
  /** Where the admin port listens; null where there is none. */
  readonly adminUrl: string | null;
  /** The simulator's base URL; null outside the sandbox. */
  readonly simulatorUrl: string | null;
}

/** Every address a newcomer needs, and one line to paste. */
export function writeBanner(facts: BannerFacts): string {
  const { config, url } = facts;
  const width = Math.max(...listAddresses(facts).map(([label]) => label.length));
  const lines = listAddresses(facts).map(([label, address]) => `  ${label.padEnd(width)}  ${address}`);
  const query = config.mode === 'sandbox' ? SANDBOX_QUERY : LIVE_QUERY;
  const token = config.auth.kind === 'none' ? '' : ` -H 'authorization: Bearer <token>'`;
  return [
    `\nSMS GraphQL gateway ${facts.version}, ${describeMode(config)}\n`,
    ...lines,
    '\n  Try it:',
    `  curl ${url}/graphql -H 'content-type: application/json'${token} -d '${query}'\n\n`,
  ].join('\n');
}

const METRICS_NOTES = { public: [''], token: [' (by METRICS_TOKEN)'], private: [] } as const;

const LIVE_QUERY = '{"query":"{ balance { amount currency } }"}';
const SANDBOX_QUERY =
  '{"query":"mutation { sendSms(input: { to: [\\"+447911123456\\"], text: \\"Hello\\", sender: \\"MyApp\\" }) ' +
  '{ __typename ... on SendResult { recipients { messageId status } } } }"}';

function describeMode({ mode, provider }: Config): string {
  if (mode === 'sandbox') return 'sandbox: no SMS_API_KEY is set, a simulator stands in for the provider';
  const count = provider.workspaces.length;
  return `live at ${provider.apiUrl}${count > 1 ? `, ${count} workspaces` : ''}`;
}

function listAddresses({
  config,
  url,
  adminUrl,
  simulatorUrl,
}: BannerFacts): readonly (readonly [string, string])[] {
  const socketUrl = url.replace(/^http/, 'ws');
  const others = config.provider.workspaces.filter(({ id }) => id !== config.provider.defaultWorkspace);
  return [
    ...(config.server.isGraphiqlOn ? ([['GraphiQL', `${url}/graphql`]] as const) : []),
    ['GraphQL', `POST ${url}/graphql`],
    ['WebSocket', `${socketUrl}/graphql (graphql-transport-ws)`],
    ['SSE', `${url}/graphql (accept: text/event-stream)`],
    ['Webhooks', `POST ${url}/webhooks/delivery`],
    ...others.map(({ id }) => ['', `POST ${url}/webhooks/${id}/delivery`] as const),
    ['CSV export', `${url}/exports/messages.csv (by the link that exportMessages gives)`],
    ['Health', `${url}/healthz  ${url}/readyz`],
    ...METRICS_NOTES[config.server.metricsAccess.kind].map(
      (note) => ['Metrics', `${url}/metrics${note}`] as const,
    ),
    ...(adminUrl === null
      ? []
      : [['Admin', `${adminUrl}/metrics  ${adminUrl}/healthz  ${adminUrl}/readyz`] as const]),
    ...(simulatorUrl === null ? [] : ([['Simulator', simulatorUrl]] as const)),
  ];
}

import type { Config } from '../config.ts';

/** Every value of the settings that must never be logged. */
export function listSecrets({ provider, auth, store, server }: Config): readonly string[] {
  const ofWorkspaces = provider.workspaces.flatMap(({ apiKey, apiSecret, webhookSecrets }) => [
    apiKey,
    apiSecret ?? '',
    ...webhookSecrets,
  ]);
  const storePassword = URL.canParse(store.url) ? new URL(store.url).password : '';
  return [
    ...ofWorkspaces,
    auth.kind === 'secret' ? auth.secret : '',
    server.metricsAccess.kind === 'token' ? server.metricsAccess.token : '',
    storePassword,
    decodeURIComponent(storePassword),
  ].filter((secret) => secret !== '');
}

import type { HttpRoute } from '../../metrics.ts';

export interface Route {
  readonly name: HttpRoute;
  /** Of a webhook: the workspace in its path, null for the default one. */
  readonly workspace: string | null;
}

const EXACT: Readonly<Record<string, HttpRoute>> = {
  '/graphql': 'graphql',
  '/webhooks/delivery': 'webhook',
  '/exports/messages.csv': 'export',
  '/healthz': 'healthz',
  '/readyz': 'readyz',
  '/metrics': 'metrics',
  '/console': 'console',
};

/** Ids are compared as they stand: none of them needs escaping. */
const WORKSPACE_WEBHOOK = /^\/webhooks\/([\w.~-]{1,128})\/delivery$/;

/** Paths are exact: nothing answers because a path merely ends, or begins, in the right way. */
export function routeOf(url: string | undefined): Route {
  const path = (url ?? '').split('?', 1)[0] ?? '';
  const exact = Object.hasOwn(EXACT, path) ? EXACT[path] : undefined;
  if (exact !== undefined) return { name: exact, workspace: null };
  const workspace = WORKSPACE_WEBHOOK.exec(path)?.[1];
  return workspace === undefined ? { name: 'other', workspace: null } : { name: 'webhook', workspace };
}

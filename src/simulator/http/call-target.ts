export const API_BASE_PATH = '/api/v1';

/** Where a request goes. */
export interface CallTarget {
  /** As it stands in the request, without the query: what is signed. */
  readonly signedPath: string;
  /** Below `/api/v1`; null for any other path. */
  readonly path: string | null;
  readonly query: URLSearchParams;
}

export function parseTarget(url: string): CallTarget {
  const [signedPath = '', ...rest] = url.split('?');
  const isBelow = signedPath.startsWith(`${API_BASE_PATH}/`);
  return {
    signedPath,
    path: isBelow ? signedPath.slice(API_BASE_PATH.length) : null,
    query: new URLSearchParams(rest.join('?')),
  };
}

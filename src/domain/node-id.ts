/** The types that can be found again by their opaque id. */
const NODE_TYPES = ['Message', 'TrafficItem'] as const;
export type NodeType = (typeof NODE_TYPES)[number];

export interface NodeKey {
  readonly type: NodeType;
  /** The key within the type. */
  readonly key: string;
}

/** The opaque `id` of an object, the same for ever. */
export const encodeNodeId = (type: NodeType, key: string): string =>
  Buffer.from(`${type}:${key}`).toString('base64url');

/** Null when it is no id of this gateway. */
export function decodeNodeId(id: string): NodeKey | null {
  const decoded = Buffer.from(id, 'base64url').toString();
  const separator = decoded.indexOf(':');
  const type = NODE_TYPES.find((name) => name === decoded.slice(0, separator));
  const key = decoded.slice(separator + 1);
  return type === undefined || key === '' ? null : { type, key };
}

/** The types that can be found again by their opaque id. */
const NODE_TYPES = ['Message', 'TrafficItem'] as const;
export type NodeType = (typeof NODE_TYPES)[number];

export interface NodeKey {
  readonly type: NodeType;
  /** The key within the type. */
  readonly key: string;
}

const ASCII = /^[ -~]*$/;

/** The opaque `id` of an object, the same for ever. */
export function encodeNodeId(type: NodeType, key: string): string {
  const text = `${type}:${key}`;
  // Every row of a page has an id, and btoa is more than twice as fast; it takes no wide characters.
  return ASCII.test(text) ? btoa(text) : Buffer.from(text).toString('base64');
}

/** Null when it is no id of this gateway. */
export function decodeNodeId(id: string): NodeKey | null {
  const decoded = Buffer.from(id, 'base64').toString();
  const separator = decoded.indexOf(':');
  const type = NODE_TYPES.find((name) => name === decoded.slice(0, separator));
  const key = decoded.slice(separator + 1);
  return type === undefined || key === '' ? null : { type, key };
}

const EXACT_TEXT = Symbol('the digits of a number');

/** A JSON number written digit for digit: `1250.50` keeps its last zero, which a JavaScript number would lose. */
export interface ExactNumber {
  readonly [EXACT_TEXT]: string;
}

export type JsonValue =
  | string
  | number
  | boolean
  | null
  | ExactNumber
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue | undefined };

export const exactNumber = (digits: string): ExactNumber => ({ [EXACT_TEXT]: digits });

const isExactNumber = (value: object): value is ExactNumber => EXACT_TEXT in value;

/** JSON.stringify that knows exact numbers. Members that are undefined are left out. */
export function encodeJson(value: JsonValue): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (isExactNumber(value)) return value[EXACT_TEXT];
  if (Array.isArray(value)) return `[${value.map(encodeJson).join(',')}]`;
  const members: string[] = [];
  for (const [key, member] of Object.entries(value)) {
    if (member !== undefined) members.push(`${JSON.stringify(key)}:${encodeJson(member)}`);
  }
  return `{${members.join(',')}}`;
}

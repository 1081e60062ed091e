import type { JsonValue } from '../formats/json-text.ts';

export type AnswerHeaders = Readonly<Record<string, string>>;

/** What goes back to a caller. */
export type Answer =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly body: JsonValue;
      readonly headers?: AnswerHeaders;
    }
  | {
      readonly kind: 'text';
      readonly status: number;
      readonly contentType: string | null;
      readonly text: string;
    }
  | { readonly kind: 'stream'; readonly chunks: Iterable<string>; readonly headers: AnswerHeaders };

export const ok = (body: JsonValue, headers: AnswerHeaders = {}): Answer => ({
  kind: 'json',
  status: 200,
  body,
  headers,
});

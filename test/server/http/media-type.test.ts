import { describe, expect, it } from 'vitest';
import { negotiateMediaType } from '../../../src/server/http/media-type.ts';

const BROWSER = 'text/html,application/xhtml+xml,application/xml;q=0.9,image/webp,*/*;q=0.8';

describe('the media type of an answer', () => {
  it.each([
    [undefined, 'application/json'],
    ['*/*', 'application/json'],
    ['application/*', 'application/json'],
    ['application/json', 'application/json'],
    ['application/graphql-response+json', 'application/graphql-response+json'],
    ['application/graphql-response+json, application/json;q=0.9', 'application/graphql-response+json'],
    [
      'application/graphql-response+json; charset=utf-8, application/json; charset=utf-8',
      'application/graphql-response+json',
    ],
    ['application/json;q=0.2, application/graphql-response+json;q=0.8', 'application/graphql-response+json'],
    ['application/json, multipart/mixed', 'application/json'],
    ['Application/JSON', 'application/json'],
    ['text/event-stream', 'text/event-stream'],
    ['application/json;q=0, text/event-stream', 'text/event-stream'],
    [BROWSER, 'text/html'],
    ['image/png', null],
    ['application/json;q=0', null],
    ['', null],
    [`${'a/b,'.repeat(300)}application/json`, null],
  ])('for %s is %s', (accept, type) => {
    expect(negotiateMediaType(accept)).toBe(type);
  });
});

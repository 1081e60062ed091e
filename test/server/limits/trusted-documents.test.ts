import { describe, expect, it } from 'vitest';
import { createTrustedDocuments } from '../../../src/server/limits/trusted-documents.ts';

describe('trusted documents', () => {
  const documents = createTrustedDocuments(
    new Map([
      ['Viewer', '{ viewer { workspace } }'],
      ['sha256:aa', '{ balance { amount } }'],
      ['bb', '{ payments { amount } }'],
    ]),
  );

  it('are found by their id', () => {
    expect(documents.find('Viewer')).toBe('{ viewer { workspace } }');
  });

  it('are found by hash with and without its algorithm', () => {
    expect(documents.find('aa')).toBe('{ balance { amount } }');
    expect(documents.find('sha256:bb')).toBe('{ payments { amount } }');
  });

  it.each(['viewer', 'constructor', '__proto__', '', 'sha256:'])('do not hold %j', (documentId) => {
    expect(documents.find(documentId)).toBeNull();
  });
});

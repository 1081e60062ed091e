/** Rows of the benchmark's page: 25 messages with 10 fields each, as resolvers would hand them over from memory. */
export const PAGE_ROWS = Array.from({ length: 25 }, (_, index) => ({
  id: `TWVzc2FnZTphcGlf${index}`,
  messageId: `api_42_1743667200123456789_a3f8b2c1d9e4${index}`,
  recipient: `+4479111234${String(index).padStart(2, '0')}`,
  sender: 'MyApp',
  text: `Your verification code is 8472${index}`,
  encoding: 'GSM_7',
  segments: 1,
  status: 'DELIVERED',
  cost: '0.0085',
  createdAt: '2026-02-13T10:30:00.000Z',
}));

export const PAGE_QUERY = `query Page($first: Int!, $nonce: Int) {
  messages(first: $first, nonce: $nonce) {
    nodes { id messageId recipient sender text encoding segments status cost createdAt }
    pageInfo { hasNextPage endCursor }
  }
}`;

import type { IncomingMessage } from 'node:http';

/** More than a send of 100 recipients with the longest text could need. */
const MAX_BODY_BYTES = 1_048_576;

/** The raw body; what is beyond the bound is read and dropped, so that the body no longer makes sense. */
export async function readRequestBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size <= MAX_BODY_BYTES) chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

export interface StreamEvent {
  readonly event: string;
  readonly id: string | null;
  readonly data: string;
}

/** The events of one answer, as a browser's EventSource would see them. */
export interface EventStream {
  readonly response: Response;
  /** The next event; rejects when the stream ends first. */
  next(): Promise<StreamEvent>;
  /** Everything up to the end of the stream, as it came. */
  text(): Promise<string>;
  close(): void;
}

/** Asks by POST for Server-Sent Events. */
export async function openEventStream(
  url: string,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventStream> {
  const caller = new AbortController();
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify(body),
    signal: caller.signal,
  });
  const chunks = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  let buffered = '';

  async function read(): Promise<boolean> {
    const step = await chunks?.read();
    if (step === undefined || step.done) return false;
    buffered += step.value;
    return true;
  }

  return {
    response,
    async next() {
      for (;;) {
        const end = buffered.indexOf('\n\n');
        if (end === -1) {
          if (!(await read())) throw new Error('the stream ended');
          continue;
        }
        const block = buffered.slice(0, end);
        buffered = buffered.slice(end + 2);
        if (!block.startsWith(':')) return parseEvent(block);
      }
    },
    async text() {
      while (await read());
      return buffered;
    },
    close: () => caller.abort(),
  };
}

function parseEvent(block: string): StreamEvent {
  const fields = new Map(
    block.split('\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
    }),
  );
  return {
    event: fields.get('event') ?? 'message',
    id: fields.get('id') ?? null,
    data: fields.get('data') ?? '',
  };
}

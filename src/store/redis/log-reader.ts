import type { LogEntry, Position } from '../store.ts';
import { withDeadline } from '../with-deadline.ts';
import { type ClientOptions, createReadingClient } from './client.ts';
import { decodeEntry, type StreamEntry } from './log-entry.ts';
import type { Probe } from './server-probe.ts';

/** One connection that reads the stream, for as long as it lives. */
export interface LogReader {
  /** The `run_id` of the server that it reads from; null when that keeps it to itself. */
  readonly runId: string | null;
  /** Waits for entries after the position; none when there were none for a while. Rejects when the connection is lost. */
  readAfter(after: Position): Promise<readonly LogEntry[]>;
  close(): void;
}

export interface LogReaderOptions {
  readonly client: ClientOptions;
  readonly logKey: string;
  readonly probe: Probe;
}

/** One stream is asked for. Nil when nothing came. */
type StreamsReply = [name: string, entries: StreamEntry[]][] | null;

const BATCH = 500;
/** How long the server holds a read that finds nothing. Short, so that a silent connection is noticed soon. */
const BLOCK_MS = 1000;
const DEADLINE_MS = BLOCK_MS + 2000;

/**
 * @param ending closes the connection, also one that is not there yet
 * @throws StoreUnavailableError when the server cannot be reached or is no primary
 */
export async function openLogReader(options: LogReaderOptions, ending: AbortSignal): Promise<LogReader> {
  const client = createReadingClient(options.client);
  const close = () => {
    ending.removeEventListener('abort', close);
    client.destroy();
  };
  ending.addEventListener('abort', close);
  try {
    await withDeadline(client.connect());
    const { runId, refusal } = await withDeadline(options.probe(client));
    if (refusal !== null) throw refusal;
    return { runId, readAfter: createRead(client, options.logKey), close };
  } catch (error) {
    close();
    throw error;
  }
}

function createRead(client: ReturnType<typeof createReadingClient>, logKey: string): LogReader['readAfter'] {
  const request = ['XREAD', 'COUNT', String(BATCH), 'BLOCK', String(BLOCK_MS), 'STREAMS', logKey];
  return async (after) => {
    const streams = await withDeadline(client.sendCommand<StreamsReply>([...request, after]), DEADLINE_MS);
    return (streams?.[0]?.[1] ?? []).map(decodeEntry);
  };
}

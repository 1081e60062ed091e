/** One call as it came in. */
export interface RequestRecord {
  readonly atMs: number;
  readonly method: string;
  /** Below `/api/v1`, without the query: `/sms/messages`. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** The workspace of the key; null when it was not known. */
  workspace: string | null;
  /** Null until answered, and for ever when the connection was cut. */
  status: number | null;
}

export interface RequestFilter {
  readonly method?: string;
  /** What the path starts with. */
  readonly path?: string;
  readonly workspace?: string;
}

/** The calls that came in, oldest first; only the newest are kept. */
export interface RequestLog {
  all(filter?: RequestFilter): readonly RequestRecord[];
  count(filter?: RequestFilter): number;
  clear(): void;
  add(record: RequestRecord): void;
}

const MAX_RECORDS = 200_000;

export function createRequestLog(): RequestLog {
  let records: RequestRecord[] = [];

  const all = (filter: RequestFilter = {}) =>
    records.filter(
      (record) =>
        (filter.method ?? record.method) === record.method &&
        record.path.startsWith(filter.path ?? '') &&
        (filter.workspace === undefined || filter.workspace === record.workspace),
    );

  return {
    all,
    count: (filter) => all(filter).length,
    clear() {
      records = [];
    },
    add(record) {
      if (records.length >= MAX_RECORDS) records = records.slice(MAX_RECORDS / 2);
      records.push(record);
    },
  };
}

export interface TortureOptions {
  /** Which store: `embedded` or `redis`. Null: what the scenario is about, usually both. */
  readonly engine: string | null;
  /** How often to do the worst. Null: as often as the scenario finds telling. */
  readonly rounds: number | null;
  /** Tells how it goes. */
  readonly log: (line: string) => void;
}

export interface TortureResult {
  readonly isPassed: boolean;
  /** What was counted, by what it is: `{ lost: 0 }`. */
  readonly counts: Readonly<Record<string, number | string>>;
}

/** Something terrible that is done to the gateway, and what must hold nevertheless. */
export interface Scenario {
  readonly summary: string;
  run(options: TortureOptions): Promise<TortureResult>;
}

/** Who signs callers' tokens. Attackers hold genuine tokens, and some that were genuine once. */
export interface TokenIssuer {
  readonly secret: string;
  readonly issuer: string;
  readonly audience: string;
}

/** What attackers picked up of a workspace that is not theirs. */
export interface VictimTraces {
  readonly workspace: string;
  readonly messageId: string;
  /** `Message.id` and `TrafficItem.id`. */
  readonly nodeIds: readonly string[];
  readonly pageCursor: string;
  readonly trafficCursor: string;
  readonly eventCursor: string;
  /** The token of a download link, still good. */
  readonly exportToken: string;
  readonly idempotencyKey: string;
  /** What stands in its messages and must be seen nowhere. */
  readonly text: string;
}

/** What the attackers know. */
export interface Target {
  /** `http://127.0.0.1:4000` */
  readonly url: string;
  readonly issuer: TokenIssuer;
  /** The workspace that their own tokens are good for. */
  readonly workspace: string;
  readonly victim: VictimTraces;
  /** Do everything, but fewer times. */
  readonly isShort: boolean;
}

/** Something terrible that is tried. */
export interface Attack {
  /** What is tried, as words for a report. */
  readonly name: string;
  /** Resolves with what the gateway should not have done, a sentence each; empty when it held. */
  run(target: Target): Promise<readonly string[]>;
}

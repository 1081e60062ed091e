import { z } from 'zod';
import type { OperationContext } from '../context.ts';
import type { Clock } from '../domain/clock.ts';
import { toInstant } from '../domain/clock.ts';
import { InvalidInputError } from '../domain/errors.ts';
import { TRAFFIC_SOURCES, type TrafficQuery } from '../domain/list-query.ts';
import type { Instant } from '../domain/message.ts';
import { MESSAGE_STATUS_GROUPS } from '../domain/message-status.ts';
import type { TokenSealer } from '../domain/sealed-token.ts';
import { filterProblems, type TrafficFilterInput, trafficQuery } from './list-filter.ts';

/** A link is used at once: long enough to click it, too short to be worth passing on. */
const LINK_LIFETIME_MS = 5 * 60_000;

/** A link that downloads the wanted rows as CSV, without any other credential, until it expires. */
export interface ExportLink {
  readonly url: string;
  readonly expiresAt: Instant;
}

/** What a download token grants. */
export interface ExportGrant {
  readonly workspace: string;
  readonly query: TrafficQuery;
  readonly expiresAtMs: number;
}

const exportGrant: z.ZodType<ExportGrant> = z.object({
  workspace: z.string(),
  expiresAtMs: z.number(),
  query: z.object({
    range: z.object({ from: z.string(), to: z.string() }),
    statusGroup: z.enum(MESSAGE_STATUS_GROUPS).nullable(),
    phoneContains: z.string().nullable(),
    country: z.string().nullable(),
    sender: z.string().nullable(),
    source: z.enum(TRAFFIC_SOURCES),
  }),
});

/** @throws InvalidInputError with all problems of the filter */
export function exportMessages(
  { filter }: { readonly filter?: TrafficFilterInput | null | undefined },
  { clock, publicUrl, sealers, viewer }: OperationContext,
): ExportLink {
  const nowMs = clock.now();
  const problems = filterProblems(filter ?? {}, nowMs);
  if (problems.length > 0) throw new InvalidInputError(problems);
  const expiresAtMs = nowMs + LINK_LIFETIME_MS;
  const grant: ExportGrant = {
    workspace: viewer.workspace,
    query: trafficQuery(filter, 'ALL', nowMs),
    expiresAtMs,
  };
  const token = sealers.exportToken.seal(grant);
  return { url: `${publicUrl}/exports/messages.csv?token=${token}`, expiresAt: toInstant(expiresAtMs) };
}

export type OpenedExport =
  | { readonly kind: 'GRANTED'; readonly grant: ExportGrant }
  | { readonly kind: 'EXPIRED' }
  /** Edited, foreign, or no token at all. */
  | { readonly kind: 'INVALID' };

/** Reads the token of a download link. */
export function openExportToken(token: string, sealer: TokenSealer, clock: Clock): OpenedExport {
  const grant = exportGrant.safeParse(sealer.open(token));
  if (!grant.success) return { kind: 'INVALID' };
  return grant.data.expiresAtMs > clock.now() ? { kind: 'GRANTED', grant: grant.data } : { kind: 'EXPIRED' };
}

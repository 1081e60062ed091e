import { z } from 'zod';

/** Everything that can be made to go wrong with a call. */
export const FAULT_KINDS = [
  'rate_limit_json',
  'rate_limit_html',
  'rate_limit_empty',
  'db_error',
  'internal_error',
  'sandbox_unavailable',
  'error',
  'html_5xx',
  'not_json',
  'cut_before',
  'cut_after',
  'cut_answer',
  'slow',
  'degraded',
  'setup',
] as const;

const faultShape = z.strictObject({
  kind: z.enum(FAULT_KINDS),
  /** Only calls whose path below `/api/v1` starts like this. */
  path: z.string().startsWith('/').optional(),
  method: z.enum(['GET', 'POST', 'PUT']).optional(),
  /** How many calls it hits. */
  times: z.int().min(1).optional(),
  /** Hits a call with this chance. */
  probability: z.number().min(0).max(1).optional(),
  /** `slow`: how long the answer waits. */
  delayMs: z.int().min(0).optional(),
  /** `html_5xx`: the status. */
  httpStatus: z.int().min(500).max(599).optional(),
  /** `html_5xx`: the call is carried out first. */
  isAccepted: z.boolean().optional(),
  /** `error`: any documented code. */
  errorCode: z.string().optional(),
  /** `degraded`: how bad. */
  state: z.enum(['partial', 'unavailable']).optional(),
});

/** A fault to come, as code and the admin route give it. */
export type FaultSpec = z.infer<typeof faultShape>;

export const parseFaultSpec = (value: unknown): z.ZodSafeParseResult<FaultSpec> =>
  faultShape.safeParse(value);

import type { OperationContext } from '../../context.ts';
import { SendRefusedError } from '../../domain/errors.ts';
import type { Guard } from '../../domain/guard.ts';
import type { SendRequest } from '../../domain/send.ts';
import type { UserErrorCode } from '../../domain/user-error-code.ts';
import { collectCharges } from './collect-charges.ts';
import { findCountryRefusals } from './country-refusals.ts';
import type { GuardedCharge } from './guarded-charge.ts';

/** A send that the guards let through, and what it took of their limits. */
export interface GuardPass {
  /** Gives back what was taken: for a send that was certainly not made. Never throws. */
  refund(): Promise<void>;
}

interface Refusal {
  readonly guard: Guard;
  readonly message: string;
}

const CODE_BY_GUARD = {
  recipient: 'RECIPIENT_LIMIT',
  prefix: 'PREFIX_LIMIT',
  caller: 'CALLER_LIMIT',
  workspace: 'WORKSPACE_LIMIT',
  country: 'COUNTRY_NOT_ALLOWED',
  hourly_spend: 'SPEND_CAP',
  daily_spend: 'SPEND_CAP',
  sequence: 'SEQUENTIAL_NUMBERS',
} as const satisfies Record<Guard, UserErrorCode>;

/**
 * Checks a valid send against every guard and counts it, all or nothing. The counts live in the store, so they hold over
 * all replicas.
 *
 * @throws SendRefusedError with the guard's code, when guards are enforced; what the store and the price list throw
 */
export async function passGuards(request: SendRequest, context: OperationContext): Promise<GuardPass> {
  const { guards, clock } = context;
  const nowMs = clock.now();
  if (guards.mode === 'off') return createPass([], context, nowMs);
  const blocked = findCountryRefusals(request.to, guards.countries);
  judge(
    blocked.map((message) => ({ guard: 'country', message })),
    context,
  );
  const wanted = await collectCharges(request, context, nowMs);
  const refused = await charge(wanted, context, nowMs);
  judge([...refused.values()], context);
  if (refused.size === 0) return createPass(wanted, context, nowMs);
  // Only monitored: what is not used up is counted all the same, so that the figures stay true.
  const rest = wanted.filter((guarded) => !refused.has(guarded));
  const isCounted = (await charge(rest, context, nowMs)).size === 0;
  return createPass(isCounted ? rest : [], context, nowMs);
}

/** Charges all or none. Returns those that are used up, with what to say. */
async function charge(
  wanted: readonly GuardedCharge[],
  { store }: OperationContext,
  nowMs: number,
): Promise<ReadonlyMap<GuardedCharge, Refusal>> {
  const charges = wanted.map((guarded) => guarded.charge);
  const result = await store.counters.charge(charges, nowMs);
  if (result.isCharged) return new Map();
  return new Map(
    result.exceeded.flatMap(({ index, retryAfterMs }) => {
      const guarded = wanted[index];
      if (guarded === undefined) return [];
      const message = guarded.refusal(formatWait(retryAfterMs));
      return [[guarded, { guard: guarded.guard, message }] as const];
    }),
  );
}

/** Counts what is or would be refused; throws the first of it when guards are enforced. */
function judge(refusals: readonly Refusal[], { guards, metrics, logger }: OperationContext): void {
  const [first] = refusals;
  if (first === undefined) return;
  const decision = guards.mode === 'enforce' ? 'enforced' : 'monitored';
  const refusing = [...new Set(refusals.map(({ guard }) => guard))];
  for (const guard of refusing) metrics.guards.inc({ guard, decision });
  // The metrics tell it; a flood of refused sends must not become a flood of log lines.
  logger.debug({ guards: refusing, decision }, 'The guards object to a send.');
  if (decision === 'enforced') throw new SendRefusedError(CODE_BY_GUARD[first.guard], first.message);
}

const createPass = (
  counted: readonly GuardedCharge[],
  { store, logger }: OperationContext,
  chargedAtMs: number,
): GuardPass => ({
  async refund() {
    if (counted.length === 0) return;
    const charges = counted.map((guarded) => guarded.charge);
    // The instant of the charge tells the window to give back to.
    await store.counters.refund(charges, chargedAtMs).catch((error: unknown) => {
      logger.warn({ err: error }, 'What a send took of its limits could not be given back.');
    });
  },
});

const MINUTE_MS = 60_000;

function formatWait(ms: number): string {
  const minutes = Math.ceil(ms / MINUTE_MS);
  return minutes === 1 ? 'a minute' : `${minutes} minutes`;
}

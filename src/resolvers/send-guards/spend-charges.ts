import type { OperationContext } from '../../context.ts';
import { addDecimals, type Decimal, multiplyDecimal, toMillionths } from '../../domain/decimal.ts';
import type { Guard } from '../../domain/guard.ts';
import { createPriceList } from '../../domain/price-list.ts';
import { measureText } from '../../domain/segments.ts';
import type { SendRequest } from '../../domain/send.ts';
import { DAY_MS, type GuardedCharge, HOUR_MS } from './guarded-charge.ts';
import { guardKey } from './recipient-charges.ts';

/** What a price that nobody knows could be: more than any cap. A cap that lets it through would be none. */
const UNKNOWN_COST = Number.MAX_SAFE_INTEGER;

type SpendContext = Pick<OperationContext, 'viewer' | 'guards' | 'provider' | 'clock' | 'hangUp' | 'logger'>;

/** What the send may cost, counted against the caps of the hour and the day. Prices are asked for only when there is one. */
export async function countSpend(
  request: SendRequest,
  context: SpendContext,
): Promise<readonly GuardedCharge[]> {
  const { spendPerHour, spendPerDay } = context.guards;
  if (spendPerHour === null && spendPerDay === null) return [];
  const cost = await priceSend(request, context).catch((error: unknown) =>
    asUnknownWhenMonitored(error, context),
  );
  const chargeFor = (guard: Guard, cap: Decimal | null, windowMs: number, name: string): GuardedCharge[] =>
    cap === null ? [] : [toCharge(guard, { cap, windowMs, name, cost, workspace: context.viewer.workspace })];
  return [
    ...chargeFor('hourly_spend', spendPerHour, HOUR_MS, 'hour'),
    ...chargeFor('daily_spend', spendPerDay, DAY_MS, 'day'),
  ];
}

/** Who only watches stops no send because the prices cannot be asked for. */
function asUnknownWhenMonitored(error: unknown, { guards, hangUp, logger }: SpendContext): null {
  if (guards.mode === 'enforce' || hangUp.signal.aborted) throw error;
  logger.warn({ err: error }, 'The prices could not be asked for, so a send counts as over the spend caps.');
  return null;
}

interface Cap {
  readonly cap: Decimal;
  readonly windowMs: number;
  readonly name: string;
  readonly cost: Decimal | null;
  readonly workspace: string;
}

function toCharge(guard: Guard, { cap, windowMs, name, cost, workspace }: Cap): GuardedCharge {
  const limit = Math.min(toMillionths(cap), Number.MAX_SAFE_INTEGER - 1);
  const amount = cost === null ? UNKNOWN_COST : toMillionths(cost);
  const refusal = (wait: string) =>
    cost === null
      ? `The price of a recipient is not known, so the spend cap of the ${name} cannot be kept.`
      : `This would go over the spend cap of the ${name}. Try again in ${wait}, or with fewer recipients.`;
  return { guard, charge: { key: guardKey('spend', workspace, name), windowMs, limit, amount }, refusal };
}

async function priceSend(
  { to, text }: SendRequest,
  { provider, clock }: Pick<OperationContext, 'provider' | 'clock'>,
): Promise<Decimal | null> {
  const prices = createPriceList(await provider.fetchPrices('send'), clock.now());
  const { segments } = measureText(text);
  return to.reduce<Decimal | null>((sum, recipient) => {
    const rate = prices.rateOf(recipient);
    return sum === null || rate === null ? null : addDecimals(sum, multiplyDecimal(rate, segments));
  }, '0');
}

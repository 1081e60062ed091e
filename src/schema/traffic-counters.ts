import type { TrafficCounters } from '../domain/statistics.ts';
import type { Stats } from '../resolvers/stats.ts';
import { builder } from './builder.ts';

/** Counters at hand, or to be asked for when one of them is selected. */
type CounterHolder = TrafficCounters | Pick<Stats, 'totals'>;

const readCounter =
  <Name extends keyof TrafficCounters>(name: Name) =>
  (holder: CounterHolder): TrafficCounters[Name] | Promise<TrafficCounters[Name]> =>
    'totals' in holder ? holder.totals().then((totals) => totals[name]) : holder[name];

const ABSENT = 'Null when the provider leaves it out.';

export const TrafficCountersInterface = builder.interfaceRef<CounterHolder>('TrafficCounters').implement({
  description: 'Counters of messages, the same for a whole period, a day or a country.',
  fields: (t) => {
    const count = (name: CountName, description: string) =>
      t.int({ nullable: true, description: `${description} ${ABSENT}`, resolve: readCounter(name) });
    const rate = (name: 'sentRate' | 'deliveryRate', description: string) =>
      t.float({ nullable: true, description: `${description} ${ABSENT}`, resolve: readCounter(name) });
    const money = (name: 'totalCost' | 'averageCost', description: string) =>
      t.field({
        type: 'Decimal',
        nullable: true,
        description: `${description} ${ABSENT}`,
        resolve: readCounter(name),
      });
    return {
      totalSent: count(
        'totalSent',
        'All messages, billed or not, such as `1250`: `sent` and `notBilled`. Provider: `total_sent`.',
      ),
      sent: count(
        'sent',
        'Messages sent, such as `1200`: delivered, undelivered, pending and expired together.',
      ),
      delivered: count('delivered', 'Messages on the handset, such as `1150`.'),
      undelivered: count(
        'undelivered',
        'Messages that failed, such as `30`: `UNDELIVERED`, `REJECTED`, `DELETED` and `UNKNOWN`. Provider: `undelivered`, `failed`.',
      ),
      pending: count('pending', 'Messages without a final status, such as `15`.'),
      expired: count('expired', 'Messages whose validity ran out, such as `5`.'),
      notBilled: count('notBilled', 'Messages that were not billed, such as `50`. Provider: `not_billed`.'),
      clickCount: count('clickCount', 'How often tracked links were opened, such as `42`.'),
      uniqueClickCount: count('uniqueClickCount', 'How many recipients opened a tracked link, such as `38`.'),
      actionCount: count('actionCount', 'How many actions of recipients were recorded, such as `12`.'),
      sentRate: rate('sentRate', '`sent` as a share of `totalSent`, in percent, such as `96.0`.'),
      deliveryRate: rate('deliveryRate', '`delivered` as a share of `sent`, in percent, such as `95.83`.'),
      totalCost: money('totalCost', 'What they cost together in the account currency, such as `"10.63"`.'),
      averageCost: money(
        'averageCost',
        'What one cost on average in the account currency, such as `"0.0085"`. Provider: `avg_cost_per_msg`.',
      ),
    };
  },
});

type CountName = Exclude<keyof TrafficCounters, 'sentRate' | 'deliveryRate' | 'totalCost' | 'averageCost'>;

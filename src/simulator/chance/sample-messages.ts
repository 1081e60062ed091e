import type { SeededRandom } from './seeded-random.ts';

const digits = (random: SeededRandom, count: number): string =>
  Array.from({ length: count }, () => random.integer(0, 9)).join('');

/** Texts as applications send them, with how often each kind occurs; two force UCS-2, one takes two segments. */
const API_TEXTS: readonly (readonly [text: (random: SeededRandom) => string, weight: number])[] = [
  [(random) => `Your verification code is ${digits(random, 6)}`, 40],
  [(random) => `${digits(random, 4)} is your Northwind code. It is valid for 10 minutes.`, 20],
  [(random) => `Your parcel ${digits(random, 8)} arrives today between 14:00 and 16:00.`, 14],
  [
    (random) => `Reminder: your appointment is tomorrow at ${random.integer(8, 17)}:30. Reply C to cancel.`,
    10,
  ],
  [(random) => `Your order ${digits(random, 7)} is on its way 📦`, 6],
  [(random) => `Ваш код подтверждения: ${digits(random, 6)}`, 4],
  [
    (random) =>
      `Your invoice ${digits(random, 6)} is ready. The amount of €${random.integer(10, 99)}.90 will be collected from ` +
      'your account on the first working day of next month. Questions? Call us any day between 8:00 and 20:00, or ' +
      'answer this message.',
    6,
  ],
];

const API_SENDERS = [
  ['MyApp', 45],
  ['Northwind', 25],
  ['AcmeShop', 20],
  ['+14155550100', 10],
] as const;

export const sampleText = (random: SeededRandom): string => random.pickWeighted(API_TEXTS)(random);
export const sampleSender = (random: SeededRandom): string => random.pickWeighted(API_SENDERS);

export interface SampleCampaign {
  readonly senderId: string;
  readonly text: string;
  /** What recipients may do after a click; null when there is nothing to do. */
  readonly actionType: string | null;
}

export const SAMPLE_CAMPAIGNS: readonly SampleCampaign[] = [
  {
    senderId: 'AcmeShop',
    text: 'Spring sale: 20% off until Sunday. https://acme.example/s',
    actionType: 'purchase',
  },
  {
    senderId: 'Northwind',
    text: 'Open your free account today: https://northwind.example/join',
    actionType: 'registration',
  },
  {
    senderId: 'AcmeShop',
    text: 'We miss you! Here is 10 € for your next order: https://acme.example/m',
    actionType: 'purchase',
  },
  {
    senderId: 'CityGym',
    text: 'New classes from Monday. See the plan: https://gym.example/plan',
    actionType: null,
  },
];

import { expect, it } from 'vitest';
import { MAGIC_NUMBERS } from '../../src/simulator/delivery/magic-numbers.ts';
import { createSimulatedTime } from '../../src/simulator/time/simulated-time.ts';
import { runSimulated } from '../support/run-gateway.ts';

const SEND = `mutation ($to: [String!]!) {
  sendSms(input: { to: $to, text: "Hello", sender: "MyApp" }) {
    ... on SendResult { recipients { recipient status messageId } }
    ... on UserError { code message }
  }
}`;
const LOOK = `query ($messageIds: [String!]!) {
  messagesById(messageIds: $messageIds) {
    recipient status rawStatus isFinal deliveredAt deliveryReports { status isContradiction }
  }
}`;

interface Outcome {
  readonly answer?: string;
  readonly status?: string;
  readonly rawStatus?: string;
  readonly isFinal?: boolean;
  readonly reports?: readonly string[];
}

const ends = (status: string, rawStatus: string, reports: readonly string[] = [status]): Outcome => ({
  answer: 'ACCEPTED',
  status,
  rawStatus,
  isFinal: true,
  reports,
});

/** What a caller sees of each number two minutes after the send. */
const OUTCOMES: Readonly<Record<string, Outcome>> = {
  '+15550100001': ends('UNDELIVERED', 'UNDELIV'),
  '+15550100002': ends('REJECTED', 'REJECTD'),
  '+15550100003': ends('EXPIRED', 'EXPIRED'),
  '+15550100004': ends('UNKNOWN', 'UNKNOWN'),
  '+15550100005': ends('FAILED', 'failed', []),
  '+15550100006': { answer: 'BLOCKED_COUNTRY' },
  '+15550100007': { answer: 'QUEUE_ERROR' },
  '+15550100008': { answer: 'CONFIG_ERROR' },
  '+15550100009': ends('DELIVERED', 'DELIVRD', []),
  '+15550100010': { answer: 'ACCEPTED', status: 'SENT', rawStatus: 'sent', isFinal: false, reports: [] },
  '+15550100011': ends('DELIVERED', 'DELIVRD'),
  '+15550100012': ends('DELIVERED', 'DELIVRD', ['UNDELIVERED!', 'DELIVERED']),
  // A read says what the provider says by now; the timeline, what was told first and what contradicts it.
  '+15550100013': ends('DELIVERED', 'DELIVRD', ['UNDELIVERED', 'DELIVERED!']),
  '+15550100014': ends('DELIVERED', 'DELIVRD'),
  '+15550100015': ends('DELIVERED', 'DELIVRD'),
  '+15550100016': ends('DELETED', 'DELETED', []),
  '+15550100017': ends('DELIVERED', 'DELIVRD'),
};

it('shows each magic number come to its outcome, reports and all', async () => {
  const time = createSimulatedTime(Date.parse('2026-02-13T10:30:00Z'));
  // Time stands still for the simulator; webhooks are dated by it, so the gateway has to live at the same hour.
  const { ask } = await runSimulated({ clock: time, env: { READ_CACHE_TTL_MS: '0' } });
  const { data } = await ask(SEND, { to: MAGIC_NUMBERS.map(({ number }) => number) });
  const { recipients } = data.sendSms;
  await time.advance(120_000);

  const messageIds = recipients.flatMap(({ messageId }: { messageId: string | null }) => messageId ?? []);
  const { data: found } = await ask(LOOK, { messageIds });
  const seen = Object.fromEntries(
    recipients.map(({ recipient, status }: { recipient: string; status: string }) => [
      recipient,
      { answer: status, ...seenOf(found.messagesById, recipient) },
    ]),
  );
  expect(seen).toEqual(OUTCOMES);
});

interface SeenMessage {
  readonly recipient: string;
  readonly status: string;
  readonly rawStatus: string;
  readonly isFinal: boolean;
  readonly deliveryReports: readonly { readonly status: string; readonly isContradiction: boolean }[];
}

function seenOf(messages: readonly (SeenMessage | null)[], recipient: string): Outcome {
  const message = messages.find((candidate) => candidate?.recipient === recipient);
  if (!message) return {};
  const { status, rawStatus, isFinal, deliveryReports } = message;
  const reports = deliveryReports.map((report) => `${report.status}${report.isContradiction ? '!' : ''}`);
  return { status, rawStatus, isFinal, reports };
}

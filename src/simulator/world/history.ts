import { measureText } from '../../domain/segments.ts';
import type { WorkspaceState } from '../accounts/account-state.ts';
import type { SimulatorHistory } from '../accounts/simulator-account.ts';
import { drawNumber } from '../chance/fictional-numbers.ts';
import {
  SAMPLE_CAMPAIGNS,
  type SampleCampaign,
  sampleSender,
  sampleText,
} from '../chance/sample-messages.ts';
import type { SeededRandom } from '../chance/seeded-random.ts';
import { DAY_MS } from '../formats/timestamps.ts';
import type { Engagement, MessageRecord } from '../messages/message-record.ts';
import { createMessageId, createTelecomMessageId, stampAt } from '../messages/message-stamps.ts';
import { statusCodeOf } from '../messages/message-status.ts';
import { rateOf } from '../prices/rates.ts';

const FINAL_OUTCOMES = [
  ['DELIVRD', 930],
  ['UNDELIV', 28],
  ['REJECTD', 12],
  ['EXPIRED', 12],
  ['UNKNOWN', 6],
  ['DELETED', 2],
  ['failed', 10],
] as const;

const RECENT_OUTCOMES = [
  ['DELIVRD', 70],
  ['sent', 15],
  ['ENROUTE', 5],
  ['ACCEPTD', 5],
  ['pending', 5],
] as const;

/** Of messages this young some are still on their way. */
const RECENT_MS = 600_000;

const CLICK_RATE = 0.12;
const ACTION_RATE = 0.3;

interface Draft {
  readonly createdAtMs: number;
  /** Each message has chance of its own, so that what it says does not depend on the hour the past was made at. */
  readonly random: SeededRandom;
  /** Null: sent over the API. */
  readonly campaign: SampleCampaign | null;
}

function drawEngagement(random: SeededRandom, campaign: SampleCampaign, atMs: number): Engagement | null {
  if (random.next() >= CLICK_RATE) return null;
  const clickedAtMs = atMs + random.integer(60, 7_200) * 1_000;
  const hasActed = campaign.actionType !== null && random.next() < ACTION_RATE;
  return {
    clicks: random.integer(1, 3),
    clickedAtMs,
    actionType: hasActed ? campaign.actionType : null,
    actionAtMs: hasActed ? clickedAtMs + random.integer(30, 900) * 1_000 : null,
  };
}

/** What has been clicked by now; a click that is still to come is not known yet. */
function drawPastEngagement({ random, campaign, createdAtMs }: Draft, nowMs: number): Engagement | null {
  const engagement = campaign === null ? null : drawEngagement(random, campaign, createdAtMs);
  const lastMs = engagement?.actionAtMs ?? engagement?.clickedAtMs ?? createdAtMs;
  return lastMs <= nowMs ? engagement : null;
}

/** Turns drafts into messages of one workspace. */
function createRecorder(workspace: WorkspaceState, nowMs: number) {
  return (draft: Draft): MessageRecord => {
    const { createdAtMs, campaign, random } = draft;
    const { recipient, country } = drawNumber(random);
    const text = campaign?.text ?? sampleText(random);
    const { segments } = measureText(text);
    const isRecent = nowMs - createdAtMs < RECENT_MS;
    const status = random.pickWeighted<string>(isRecent ? RECENT_OUTCOMES : FINAL_OUTCOMES);
    const id = workspace.live.nextId();
    const isDelivered = status === 'DELIVRD';
    return {
      id,
      messageId:
        campaign === null
          ? createMessageId(workspace.account.userId, stampAt(createdAtMs, random), random)
          : `campaign_${id}`,
      source: campaign === null ? 'api' : 'campaign',
      recipient,
      country,
      senderId: campaign?.senderId ?? sampleSender(random),
      text,
      segments,
      createdAtMs,
      cost: status === 'failed' ? 0 : rateOf(recipient) * segments,
      status,
      statusCode: statusCodeOf(status),
      deliveredAtMs: isDelivered ? Math.min(nowMs, createdAtMs + random.integer(2, 9) * 1_000) : null,
      telecomMessageId: ['pending', 'failed'].includes(status) ? null : createTelecomMessageId(random),
      engagement: isDelivered ? drawPastEngagement(draft, nowMs) : null,
    };
  };
}

/** Business hours are busy, nights are quiet. */
const HOURS = Array.from({ length: 24 }, (_, hour) => [hour, hour >= 7 && hour < 21 ? 6 : 1] as const);

function drawInstant(random: SeededRandom, nowMs: number, days: number): number {
  const dayMs = nowMs - random.integer(0, days - 1) * DAY_MS;
  const midnight = dayMs - (dayMs % DAY_MS);
  const instant = midnight + random.pickWeighted(HOURS) * 3_600_000 + random.integer(0, 3_599_999);
  const withinLastDay = nowMs - random.integer(1, DAY_MS); // always drawn, so that what is drawn next stays the same
  return instant < nowMs ? instant : withinLastDay;
}

function draftMessages(random: SeededRandom, nowMs: number, { days, messages }: SimulatorHistory): Draft[] {
  return Array.from({ length: messages }, (_, index) => {
    const own = random.fork(`message ${index}`);
    return { createdAtMs: drawInstant(own, nowMs, days), campaign: null, random: own };
  });
}

/** Campaigns are spread evenly over the past, the last one not long ago. Each goes out in a burst of half an hour. */
function draftCampaigns(random: SeededRandom, nowMs: number, days: number, count: number): Draft[] {
  const spacingMs = (days * DAY_MS) / SAMPLE_CAMPAIGNS.length;
  const starts = SAMPLE_CAMPAIGNS.map(
    (_, age) => nowMs - age * spacingMs - random.integer(3_600_000, spacingMs),
  );
  return Array.from({ length: count }, (_, index) => {
    const own = random.fork(`campaign message ${index}`);
    const which = index % SAMPLE_CAMPAIGNS.length;
    const createdAtMs = (starts[which] ?? nowMs) + own.integer(0, 1_800_000);
    return { createdAtMs, campaign: SAMPLE_CAMPAIGNS[which] ?? null, random: own };
  });
}

/** Fills a workspace with a past that is the same for the same seed. */
export function fillHistory(
  workspace: WorkspaceState,
  history: SimulatorHistory,
  random: SeededRandom,
  nowMs: number,
): void {
  const { days, messages, campaignMessages = Math.floor(messages / 4) } = history;
  const drafts = [
    ...draftMessages(random, nowMs, history),
    ...draftCampaigns(random, nowMs, days, campaignMessages),
  ];
  drafts.sort((left, right) => left.createdAtMs - right.createdAtMs);
  const record = createRecorder(workspace, nowMs);
  for (const draft of drafts) workspace.live.append(record(draft));
}

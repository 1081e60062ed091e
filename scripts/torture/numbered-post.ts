import type { PostedReport } from '../../test/support/signed-report.ts';
import { numberedReport } from './numbered-report.ts';

/** What the provider tells of every message, one after the other. */
export const STEPS = ['ENROUTE', 'ACCEPTD', 'DELIVRD'] as const;

/** So many messages are under way at once: first each is told en route, then each accepted, then each delivered. */
const MESSAGES_AT_ONCE = 40;
const FIRST_STEP_MS = Date.parse('2026-02-13T10:30:04Z');

const WAVE = MESSAGES_AT_ONCE * STEPS.length;

/** A report by its number: message and step of it. */
export const messageOf = (number: number): number => Math.floor(number / STEPS.length);
export const stepOf = (number: number): number => number % STEPS.length;

/** The number of the report that is posted in the given place. */
export function numberAt(place: number): number {
  const inWave = place % WAVE;
  const message = Math.floor(place / WAVE) * MESSAGES_AT_ONCE + (inWave % MESSAGES_AT_ONCE);
  return message * STEPS.length + Math.floor(inWave / MESSAGES_AT_ONCE);
}

/** All numbers of so many places are below. */
export const boundOfNumbers = (places: number): number => Math.ceil(places / WAVE) * WAVE;

export const messageIdOf = (message: number): string => numberedReport(message).messageId;

/** The number of a message of ours by its id. */
export const messageOfId = (messageId: string): number =>
  Number.parseInt(messageId.slice(messageId.lastIndexOf('_') + 1), 16);

export function numberedPost(number: number): PostedReport {
  const step = stepOf(number);
  return {
    messageId: messageIdOf(messageOf(number)),
    status: STEPS[step] ?? '',
    statusCode: String(step),
    at: new Date(FIRST_STEP_MS + step * 1000),
  };
}

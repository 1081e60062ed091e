import { BadUserInputError } from '../domain/errors.ts';

/** As many as one send has recipients. */
export const MAX_FOLLOWED_MESSAGES = 100;

const MAX_ID_LENGTH = 128;

/**
 * @param path where the ids were given, for the error: `filter.messageIds`
 * @throws BadUserInputError when there are none or too many, or one that no provider ever gave out
 */
export function checkFollowedIds(messageIds: readonly string[], path: string): void {
  if (messageIds.length < 1 || messageIds.length > MAX_FOLLOWED_MESSAGES)
    throw new BadUserInputError(
      `${path} must name 1 to ${MAX_FOLLOWED_MESSAGES} messages; it names ${messageIds.length}.`,
    );
  const index = messageIds.findIndex((messageId) => messageId === '' || messageId.length > MAX_ID_LENGTH);
  if (index >= 0) throw new BadUserInputError(`${path}[${index}] is not the id of a message.`);
}

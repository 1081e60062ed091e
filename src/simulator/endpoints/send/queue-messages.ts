import type { ApiCall } from '../../api/endpoint.ts';
import type { Admission } from '../../delivery/magic-numbers.ts';
import type { MessageRecord } from '../../messages/message-record.ts';
import { createMessageId, type MessageStamp } from '../../messages/message-stamps.ts';
import type { AdmittedRecipient, AdmittedSend } from './admission.ts';

export interface QueuedRecipient {
  readonly recipient: string;
  readonly admission: Admission;
  /** Null when it was not accepted. */
  readonly message: MessageRecord | null;
}

function createRecord(
  { world, key, journal }: ApiCall,
  { body, segments }: AdmittedSend,
  { recipient, country, cost }: AdmittedRecipient,
  stamp: MessageStamp,
): MessageRecord {
  return {
    id: journal.nextId(),
    messageId: createMessageId(key.workspace.account.userId, stamp, world.messageIds),
    source: 'api',
    recipient,
    country,
    senderId: body.senderId,
    text: body.text,
    segments,
    createdAtMs: stamp.atMs,
    cost: key.isSandbox ? 0 : cost,
    status: 'pending',
    statusCode: null,
    deliveredAtMs: null,
    telecomMessageId: null,
    engagement: null,
  };
}

/** Queues a whole send under one stamp. It cannot fail half way, and nothing else happens in between. */
export function queueMessages(call: ApiCall, send: AdmittedSend): readonly QueuedRecipient[] {
  const { world, journal, key } = call;
  const stamp = world.nextStamp();
  return send.recipients.map((admitted) => {
    const { recipient, admission } = admitted;
    if (admission !== 'accepted') return { recipient, admission, message: null };
    const message = createRecord(call, send, admitted, stamp);
    journal.append(message);
    world.accepted.add(message);
    world.startDelivery(key.workspace, journal, message);
    return { recipient, admission, message };
  });
}

import { json, type ScriptedUpstream, startScriptedUpstream } from './scripted-upstream.ts';

const STATUS_PATH = '/sms/status/';

/** A provider that has every message there may be, sent and not final: what becomes of them the reports tell. */
export const startSentProvider = (): Promise<ScriptedUpstream> =>
  startScriptedUpstream((request, response, index) => {
    const at = request.path.indexOf(STATUS_PATH);
    const answer =
      at === -1
        ? { messages: [], total: 0, page: 1, limit: 100, total_pages: 0 }
        : { status: true, message: sentMessage(request.path.slice(at + STATUS_PATH.length)) };
    return json(answer)(request, response, index);
  });

const sentMessage = (messageId: string) => ({
  message_id: messageId,
  recipient: '+14155551234',
  sender_id: 'MyApp',
  message: 'Hello',
  segments: 1,
  status: 'sent',
  cost: 0.0085,
  created_at: '2026-02-13T10:30:00Z',
});

import type { SendRequest } from '../../src/domain/send.ts';
import type { SendOptions } from '../../src/rest/provider-session.ts';

// A send to two recipients, and what the provider answers to it: one accepted, one in a blocked country.
export const SEND_REQUEST: SendRequest = {
  to: ['+14155551234', '+447911123456'],
  text: 'Hello 👋',
  sender: 'MyApp',
};
export const SENT_ID = 'api_42_1743667200123456789_a3f8b2c1d9e45f67';
export const SEND_ANSWER =
  `{"status":true,"messages":[{"dnis":"+14155551234","message_id":"${SENT_ID}","segment_num":1}],` +
  `"results":[{"dnis":"+14155551234","message_id":"${SENT_ID}","segments":1,"status":"accepted"},` +
  '{"dnis":"+447911123456","status":"blocked_country"}],' +
  '"summary":{"total_recipients":2,"total_segments":1,"total_cost":0.00850,"encoding":"UCS-2","accepted_count":1,' +
  '"blocked_count":1,"queue_error_count":0,"config_error_count":0,"db_error_count":0}}';

/** A send whose pair nobody keeps. */
export const PLAIN_SEND: SendOptions = { replay: null };

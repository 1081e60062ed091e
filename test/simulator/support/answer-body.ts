/** A row of any of the lists, as far as tests look at it. */
export interface AnswerRow {
  readonly id: number | string;
  readonly message_id: string;
  readonly client_message_id: string;
  readonly telecom_message_id: string;
  readonly segment_num: number;
  readonly recipient: string;
  readonly sender_id: string;
  readonly message: string;
  readonly status: string;
  readonly source: string;
  readonly cost: number;
  readonly created_at: string;
  readonly sent_at: string;
  readonly attempt: number;
  readonly clicked?: boolean;
  readonly action_type?: string;
}

export interface AnswerCounters {
  readonly date: string;
  readonly country: string | null;
  readonly total_sent: number;
  readonly sent: number;
  readonly delivered: number;
  readonly undelivered: number;
  readonly pending: number;
  readonly expired: number;
  readonly not_billed: number;
  readonly failed: number;
  readonly click_count: number;
  readonly unique_click_count: number;
  readonly action_count: number;
  readonly sent_rate: number;
  readonly delivery_rate: number;
  readonly total_cost: number;
  readonly avg_cost_per_msg: number;
}

/** A body of any endpoint: each answer has the members of its own endpoint only. */
export interface AnswerBody {
  readonly status: boolean;
  readonly error_code: string;
  readonly messages: readonly AnswerRow[];
  readonly message: AnswerRow;
  readonly results: readonly AnswerRow[];
  readonly summary: { readonly total_cost: number };
  readonly total: number;
  readonly page: number;
  readonly limit: number;
  readonly total_pages: number;
  readonly stats: AnswerCounters;
  readonly daily: readonly AnswerCounters[];
  readonly countries: readonly AnswerCounters[];
  readonly period: { readonly from: string; readonly to: string };
  readonly balance: number;
  readonly logs: readonly AnswerRow[];
  readonly result: { readonly success: boolean; readonly http_status: number };
  readonly delivery_url: string | null;
}

/** The subscriptions of the schema as a client writes them, and what it gets. */
export const FEED_QUERY = `subscription ($filter: DeliveryReportFilter, $after: String) {
  deliveryReportReceived(filter: $filter, after: $after) { cursor report { messageId rawStatus statusCode } }
}`;

export const FEED_SINCE_QUERY = `subscription ($filter: DeliveryReportFilter, $since: DateTime, $after: String) {
  deliveryReportReceived(filter: $filter, since: $since, after: $after) { cursor report { messageId rawStatus statusCode } }
}`;

export interface FeedData {
  readonly deliveryReportReceived: {
    readonly cursor: string;
    readonly report: {
      readonly messageId: string;
      readonly rawStatus: string;
      readonly statusCode: string | null;
    };
  };
}

export const STATUS_QUERY = `subscription ($ids: [String!]!, $after: String) {
  messageStatusChanged(messageIds: $ids, after: $after) { cursor previousStatus status message { messageId } }
}`;

export const STATUS_SINCE_QUERY = `subscription ($ids: [String!]!, $since: DateTime, $after: String) {
  messageStatusChanged(messageIds: $ids, since: $since, after: $after) { cursor previousStatus status message { messageId } }
}`;

export interface StatusData {
  readonly messageStatusChanged: {
    readonly cursor: string;
    readonly previousStatus: string | null;
    readonly status: string;
    readonly message: { readonly messageId: string };
  };
}

/** One of the tabs that GraphiQL opens with. */
export interface GraphiqlTab {
  readonly query: string;
  /** JSON, as it stands in the editor. */
  readonly variables: string;
}

const tab = (query: string, variables: Readonly<Record<string, unknown>>): GraphiqlTab => ({
  query: query.trim(),
  variables: JSON.stringify(variables, null, 2),
});

/** Send, follow, search, estimate, chart: what the gateway is for, ready to run. */
export const GRAPHIQL_TABS: readonly GraphiqlTab[] = [
  tab(
    `
# Sends one SMS. Copy the messageId of the answer into the tab "Follow".
mutation Send($input: SendSmsInput!) {
  sendSms(input: $input) {
    __typename
    ... on SendResult {
      recipients {
        recipient
        status
        messageId
        segments
      }
      summary {
        totalCost
        encoding
      }
      isSandbox
      isReplay
    }
    ... on UserError {
      code
      message
    }
    ... on InvalidInputError {
      problems {
        path
        message
      }
    }
  }
}`,
    { input: { to: ['+447911123456'], text: 'Hello from GraphiQL!', sender: 'MyApp' } },
  ),
  tab(
    `
# Follows messages live until the fate of each is known.
subscription Follow($messageIds: [String!]!) {
  messageStatusChanged(messageIds: $messageIds) {
    occurredAt
    previousStatus
    status
    message {
      messageId
      recipient
      statusCode
      deliveredAt
      isFinal
    }
    cursor
  }
}`,
    { messageIds: ['put the messageId of a sent message here'] },
  ),
  tab(
    `
# Searches the history. For the next page, set "after" to the endCursor.
query Search($first: Int! = 25, $after: String, $filter: MessageFilter) {
  messages(first: $first, after: $after, filter: $filter) {
    totalCount
    nodes {
      messageId
      createdAt
      recipient
      country
      sender
      text
      status
      cost
    }
    pageInfo {
      hasNextPage
      endCursor
    }
  }
}`,
    { first: 25, after: null, filter: { period: 'LAST_7_DAYS', statusGroup: 'DELIVERED' } },
  ),
  tab(
    `
# Counts the parts of a text before it is sent, and finds what makes it expensive.
query Estimate($text: String!, $to: [String!]) {
  estimate(text: $text, to: $to) {
    encoding
    segments
    units
    unitsLeft
    cost
    currency
    nonGsmCharacters {
      character
      codePoint
      offsets
      replacement
    }
  }
}`,
    { text: 'It’s ready – collect it today', to: ['+447911123456'] },
  ),
  tab(
    `
# The figures behind a chart: totals, day by day, country by country.
query Chart($filter: StatsFilter) {
  stats(filter: $filter) {
    currency
    totalSent
    delivered
    deliveryRate
    totalCost
    daily {
      date
      sent
      delivered
      undelivered
      totalCost
    }
    byCountry {
      country
      sent
      deliveryRate
    }
  }
}`,
    { filter: { period: 'LAST_30_DAYS' } },
  ),
];

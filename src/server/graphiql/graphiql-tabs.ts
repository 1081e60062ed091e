/** One of the tabs that GraphiQL opens with. */
export interface GraphiqlTab {
  readonly query: string;
}

// Arguments stand in the documents: of a tab's variables, GraphiQL shows those of the first tab only after a reload.
const SEND = `
# Sends one SMS. The tab "Follow" shows
# what becomes of it.
mutation Send {
  sendSms(
    input: {
      to: ["+447911123456"]
      text: "Hello from GraphiQL!"
      sender: "MyApp"
    }
  ) {
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
}`;

const FOLLOW = `
# Shows the delivery reports that are kept,
# then each new one as it comes. To follow one
# message to its end, ask for
# messageStatusChanged(messageIds: ["api_…"]).
subscription Follow {
  deliveryReportReceived(
    since: "2026-01-01T00:00:00Z"
  ) {
    occurredAt
    report {
      messageId
      recipient
      status
      statusCode
    }
    message {
      text
      isFinal
    }
    cursor
  }
}`;

const SEARCH = `
# Searches the history. For the next page,
# give the endCursor as "after".
query Search {
  messages(
    first: 25
    filter: {
      period: LAST_7_DAYS
      statusGroup: DELIVERED
    }
  ) {
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
}`;

const ESTIMATE = `
# Counts the parts of a text before it is sent,
# and finds what makes it expensive.
query Estimate {
  estimate(
    text: "It’s ready – collect it today"
    to: ["+447911123456"]
  ) {
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
}`;

const CHART = `
# The figures behind a chart: totals,
# day by day, country by country.
query Chart {
  stats(filter: { period: LAST_30_DAYS }) {
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
}`;

/** Send, follow, search, estimate, chart: what the gateway is for, ready to run. */
export const GRAPHIQL_TABS: readonly GraphiqlTab[] = [SEND, FOLLOW, SEARCH, ESTIMATE, CHART].map((query) => ({
  query: query.trim(),
}));

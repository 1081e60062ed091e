/** One of the tabs that GraphiQL opens with. */
export interface GraphiqlTab {
  readonly query: string;
}

// Arguments stand in the documents: of a tab's variables, GraphiQL shows those of the first tab only after a reload.
const SEND = `
# Sends one SMS. Copy the messageId of the answer into the tab "Follow".
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
# Follows messages live until the fate of each is known.
subscription Follow {
  messageStatusChanged(messageIds: ["put the messageId of a sent message here"]) {
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
}`;

const SEARCH = `
# Searches the history. For the next page, give the endCursor as "after".
query Search {
  messages(first: 25, filter: { period: LAST_7_DAYS, statusGroup: DELIVERED }) {
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
# Counts the parts of a text before it is sent, and finds what makes it expensive.
query Estimate {
  estimate(text: "It’s ready – collect it today", to: ["+447911123456"]) {
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
# The figures behind a chart: totals, day by day, country by country.
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

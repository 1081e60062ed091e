/**
 * `"cost": 0.0085` and the other keys that hold money, with their number. The quote before the key is a quote of JSON itself
 * (inside a string it would follow a backslash) and it opens a string (after a closing one no letter can come), so what
 * matches is a key, never a part of a text.
 */
const MONEY_MEMBER =
  /(?<!\\)"(cost|total_cost|avg_cost_per_msg|balance|estimated_cost|rate|prev_rate|amount)"(\s*:\s*)(-?\d[\d.eE+-]*)/g;

/**
 * A number of more digits than a double is sure to keep (15), or with an exponent. That a text may hold what looks like one does
 * no harm: the longer way reads the same.
 */
const MAY_LOSE_DIGITS = /"\s*:\s*-?[\d.]*(?:[\d.]{16}|[eE])/;

/**
 * Parses the JSON of a history, whose amounts are numbers then: the digits of one are as good as those that were sent, but for
 * zeros at their end. Where that is not certain, all of them are digits.
 */
export const parseHistoryJson = (text: string): unknown =>
  MAY_LOSE_DIGITS.test(text) ? parseMoneyJson(text) : JSON.parse(text);

/** Parses JSON with amounts of money as the digits that were sent: no amount ever passes through a float. */
export const parseMoneyJson = (text: string): unknown => JSON.parse(text.replace(MONEY_MEMBER, '"$1"$2"$3"'));

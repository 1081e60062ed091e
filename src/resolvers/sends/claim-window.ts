/** A claimed send whose request is not on the wire by then is given up: nothing was sent. */
export const START_WITHIN_MS = 30_000;

/** The longest wait for an answer that can be configured. */
const ANSWER_WITHIN_MS = 120_000;

/** How long the owner of a claim is believed to be at work on it. Nothing is written to the provider after it. */
export const CLAIM_MS = START_WITHIN_MS + ANSWER_WITHIN_MS;

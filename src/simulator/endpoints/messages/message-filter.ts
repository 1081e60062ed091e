import { ApiProblem } from '../../api/api-problem.ts';
import type { ApiCall } from '../../api/endpoint.ts';
import type { MessageRecord } from '../../messages/message-record.ts';
import { type DayRange, readDateRange } from './date-range.ts';

export type MessagePredicate = (message: MessageRecord) => boolean;

/** What the messages of a list or of statistics are narrowed to. */
export interface MessageFilter {
  readonly range: DayRange;
  readonly source: 'api' | 'broadcasts' | 'all';
  /** All of them must hold. */
  readonly predicates: readonly MessagePredicate[];
}

export interface FilterRules {
  readonly statusGroups: Readonly<Record<string, readonly string[]>>;
  /** Null: the list knows the API's messages only, and takes no `source`. */
  readonly defaultSource: MessageFilter['source'] | null;
}

const COUNTRY_CODE = /^[A-Z]{2}$/;

function readStatus(text: string, groups: FilterRules['statusGroups']): MessagePredicate {
  const statuses = Object.hasOwn(groups, text) ? groups[text] : undefined;
  if (statuses === undefined) throw new ApiProblem('INVALID_PARAMS', 'status is not one of the groups.');
  return ({ status }) => statuses.includes(status);
}

function readCountry(text: string): MessagePredicate {
  const code = text.toUpperCase();
  if (!COUNTRY_CODE.test(code)) throw new ApiProblem('INVALID_PARAMS', 'country must be a code such as US.');
  return ({ country }) => country === code;
}

function readSource(
  query: URLSearchParams,
  defaultSource: FilterRules['defaultSource'],
): MessageFilter['source'] {
  if (defaultSource === null) return 'api';
  const source = query.get('source') ?? defaultSource;
  if (source === 'api' || source === 'broadcasts' || source === 'all') return source;
  throw new ApiProblem('INVALID_PARAMS', 'source must be api, broadcasts or all.');
}

/** Sandbox keys are limited to the filters by status, number and date; what else they ask for is passed over. */
function readPredicates({ query, key }: ApiCall, rules: FilterRules): readonly MessagePredicate[] {
  const [status, phone, country, sender] = ['status', 'phone', 'country', 'sender'].map((name) =>
    (query.get(name) ?? '').trim(),
  );
  const predicates: MessagePredicate[] = [];
  if (status) predicates.push(readStatus(status, rules.statusGroups));
  if (phone) predicates.push(({ recipient }) => recipient.includes(phone));
  const limited = country ? readCountry(country) : null;
  if (limited !== null && !key.isSandbox) predicates.push(limited);
  if (sender && !key.isSandbox) predicates.push(({ senderId }) => senderId === sender);
  return predicates;
}

/** @throws ApiProblem `INVALID_PARAMS`, naming the parameter */
export function readMessageFilter(call: ApiCall, rules: FilterRules): MessageFilter {
  return {
    range: readDateRange(call.query, call.world.time.now()),
    source: readSource(call.query, rules.defaultSource),
    predicates: readPredicates(call, rules),
  };
}

import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import type { OperationContext } from '../../context.ts';
import type { UpstreamCost } from '../../rest/provider-session.ts';
import { audienceOf } from './audience.ts';
import type { OperationPlan, PlanResult } from './operation-plan.ts';

/** The result of one event, one object for all subscribers that asked the same; `cursor` is where to resume after it. */
export interface EventResult extends PlanResult {
  /** What it cost at the provider. */
  readonly cost: UpstreamCost;
  readonly [EVENT_CURSOR]: string | null;
}

/** A symbol, so that it never becomes part of the answer. */
export const EVENT_CURSOR = Symbol('cursor of the event');

export interface EventSubscriber {
  readonly plan: OperationPlan;
  readonly document: DocumentNode;
  readonly variableValues: Readonly<Record<string, unknown>>;
  readonly context: OperationContext;
}

type EventOutcome = EventResult | Promise<EventResult>;

/**
 * Executes an event once for all subscribers of the same selection, variables, workspace and scopes. An event is the
 * payload object that the subscription's source yields: sources that yield the same object to several subscribers
 * thereby say that it is the same event for them; another object is executed on its own.
 *
 * @param freshContext a context for the event alone: loaders of the opened subscription would repeat old answers
 */
export function createSharedEvents(freshContext: (context: OperationContext) => OperationContext) {
  const outcomes = new WeakMap<object, Map<string, EventOutcome>>();
  const planIds = new WeakMap<OperationPlan, number>();
  let lastPlanId = 0;
  const idOf = (plan: OperationPlan): number => {
    const id = planIds.get(plan) ?? ++lastPlanId;
    planIds.set(plan, id);
    return id;
  };

  return (subscriber: EventSubscriber): ((payload: unknown) => EventOutcome) => {
    const { plan, context } = subscriber;
    const key = `${idOf(plan)}|${audienceOf(context.viewer)}|${selectedVariablesOf(subscriber)}`;
    const execute = (payload: unknown): EventOutcome => {
      const eventContext = freshContext(context);
      const finish = (result: PlanResult): EventResult => ({
        ...result,
        cost: eventContext.provider.cost,
        [EVENT_CURSOR]: cursorOf(payload),
      });
      const result = plan.run({
        rootValue: payload,
        contextValue: eventContext,
        variableValues: subscriber.variableValues,
      });
      return result instanceof Promise ? result.then(finish) : finish(result);
    };
    return (payload) => {
      if (typeof payload !== 'object' || payload === null) return execute(payload);
      const shared = outcomes.get(payload) ?? new Map<string, EventOutcome>();
      const known = shared.get(key);
      if (known !== undefined) return known;
      const outcome = execute(payload);
      outcomes.set(payload, shared.set(key, outcome));
      if (outcome instanceof Promise)
        outcome.then(
          (result) => shared.set(key, result),
          () => {},
        );
      return outcome;
    };
  };
}

function cursorOf(payload: unknown): string | null {
  const cursor = (payload as { readonly cursor?: unknown } | null)?.cursor;
  return typeof cursor === 'string' ? cursor : null;
}

/**
 * The variables that shape the answer: those below the root field. The root field's own arguments choose the events
 * (`after` differs for everyone who resumes), and the payload object stands for them.
 */
function selectedVariablesOf({ plan, document, variableValues }: EventSubscriber): string {
  const names = new Set<string>();
  const selections = rootSelections(plan.operation, document);
  for (const selectionSet of selections)
    visit(selectionSet, { Variable: ({ name }) => void names.add(name.value) });
  return JSON.stringify([...names].sort().map((name) => [name, variableValues[name]]));
}

function rootSelections(
  operation: OperationDefinitionNode,
  document: DocumentNode,
): readonly (SelectionSetNode | FragmentDefinitionNode)[] {
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION);
  // A root field inside a fragment is rare: its arguments then count too, which only shares less.
  const own = operation.selectionSet.selections.map((node) =>
    node.kind === Kind.FRAGMENT_SPREAD ? null : (node.selectionSet ?? null),
  );
  return [...own.filter((selectionSet) => selectionSet !== null), ...fragments];
}

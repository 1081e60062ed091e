import {
  type ArgumentNode,
  type DocumentNode,
  type FieldNode,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  type VariableDefinitionNode,
} from 'graphql';

/** Names that begin with two underscores belong to GraphQL itself: no caller can have chosen this one. */
const RESUME_VARIABLE = '__lastEventId';
const RESUME_ARGUMENT = 'after';
/** Where the subscription began: it does not begin there again. */
const BEGIN_ARGUMENT = 'since';

export interface ResumableOperation {
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Makes a subscription go on after the event that the caller saw last, as `Last-Event-ID` of a reconnecting EventSource
 * tells it: the cursor takes the place of the root field's `after`, whether that was a literal, a variable, or absent, and of
 * its `since`.
 * Anything but a subscription with such an argument is handed back as it is.
 */
export function createResumer(schema: GraphQLSchema) {
  const rewritten = new WeakMap<OperationDefinitionNode, DocumentNode>();

  return (
    given: ResumableOperation,
    operationName: string | null,
    lastEventId: string,
  ): ResumableOperation => {
    const operation = getOperationAST(given.document, operationName);
    const field = operation?.selectionSet.selections.find((node) => node.kind === Kind.FIELD);
    if (!operation || !field || !isResumable(schema, operation, field)) return given;
    const argument = (wanted: string) => field.arguments?.find(({ name }) => name.value === wanted);
    const after = argument(RESUME_ARGUMENT);
    // The caller's own variable: the document stays the one that others share.
    if (after?.value.kind === Kind.VARIABLE && argument(BEGIN_ARGUMENT) === undefined)
      return { ...given, variables: { ...given.variables, [after.value.name.value]: lastEventId } };
    const document = rewritten.get(operation) ?? rewrite(given.document, operation, field);
    rewritten.set(operation, document);
    return { document, variables: { ...given.variables, [RESUME_VARIABLE]: lastEventId } };
  };
}

function isResumable(schema: GraphQLSchema, operation: OperationDefinitionNode, field: FieldNode): boolean {
  if (operation.operation !== 'subscription') return false;
  const definition = schema.getSubscriptionType()?.getFields()[field.name.value];
  return definition?.args.some(({ name }) => name === RESUME_ARGUMENT) ?? false;
}

function rewrite(document: DocumentNode, operation: OperationDefinitionNode, field: FieldNode): DocumentNode {
  const variable = {
    kind: Kind.VARIABLE,
    name: { kind: Kind.NAME, value: RESUME_VARIABLE },
  } as const;
  const definition: VariableDefinitionNode = {
    kind: Kind.VARIABLE_DEFINITION,
    variable,
    type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: 'String' } },
  };
  const argument: ArgumentNode = {
    kind: Kind.ARGUMENT,
    name: { kind: Kind.NAME, value: RESUME_ARGUMENT },
    value: variable,
  };
  const isReplaced = ({ name }: ArgumentNode) =>
    name.value === RESUME_ARGUMENT || name.value === BEGIN_ARGUMENT;
  const others = field.arguments?.filter((given) => !isReplaced(given)) ?? [];
  const resumed: FieldNode = { ...field, arguments: [...others, argument] };
  const selections = operation.selectionSet.selections.map((node) => (node === field ? resumed : node));
  const next: OperationDefinitionNode = {
    ...operation,
    variableDefinitions: [...(operation.variableDefinitions ?? []), definition],
    selectionSet: { ...operation.selectionSet, selections },
  };
  return { ...document, definitions: document.definitions.map((node) => (node === operation ? next : node)) };
}

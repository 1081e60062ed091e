import {
  BREAK,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getArgumentValues,
  isNonNullType,
  locatedError,
  type OperationDefinitionNode,
  responsePathAsArray,
  type SelectionSetNode,
  visit,
} from 'graphql';
import {
  createWriter,
  isLeafOutput,
  isThenable,
  type Json,
  JsonParts,
  type Path,
  type PlanRun,
  type WriteValue,
  type WrittenField,
} from './value-writer.ts';

/** What all selections of one operation share. */
export interface PlanParts {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
}

/** What is selected of an object, as a program: one step for each field of the answer. */
export type SelectionPlan = readonly FieldPlan[];

interface PlannedField {
  readonly key: string;
  readonly nodes: readonly FieldNode[];
  readonly definition: GraphQLField<unknown, unknown>;
  readonly parentType: GraphQLObjectType;
  readonly isFirst: boolean;
  /** Plans what these ask of an object of that type. */
  readonly select: (type: GraphQLObjectType, sets: readonly SelectionSetNode[]) => SelectionPlan;
}

/** One field of an answer: how its value is found and written. Made once for a document; a run makes nothing but text. */
export class FieldPlan implements WrittenField {
  readonly nodes: readonly FieldNode[];
  readonly name: string;
  readonly parentType: GraphQLObjectType;
  readonly #parts: PlanParts;
  readonly #select: PlannedField['select'];
  readonly #key: string;
  readonly #prefix: string;
  readonly #definition: GraphQLField<unknown, unknown>;
  readonly #fixedArguments: Readonly<Record<string, unknown>> | null;
  readonly #write: WriteValue;
  readonly #needsPath: boolean;
  readonly #selections = new Map<GraphQLObjectType, SelectionPlan>();

  constructor(parts: PlanParts, planned: PlannedField) {
    const { key, nodes, definition, parentType, isFirst, select } = planned;
    this.#parts = parts;
    this.#select = select;
    this.#key = key;
    this.#prefix = `${isFirst ? '' : ','}${JSON.stringify(key)}:`;
    this.nodes = nodes;
    this.name = definition.name;
    this.parentType = parentType;
    this.#definition = definition;
    this.#fixedArguments = fixedArguments(definition, nodes[0]);
    this.#needsPath = !isLeafOutput(definition.type);
    this.#write = createWriter(definition.type, this);
  }

  writeTo(texts: JsonParts, run: PlanRun, source: unknown, parent: Path | undefined): void {
    texts.add(this.#prefix);
    texts.add(this.#writeValue(run, source, parent));
  }

  #writeValue(run: PlanRun, source: unknown, parent: Path | undefined): Json {
    const path = this.#needsPath ? this.#pathBelow(parent) : undefined;
    try {
      const value = this.#resolve(run, source, path ?? parent);
      const text = isThenable(value)
        ? Promise.resolve(value).then((settled) => this.#write(run, settled, path))
        : this.#write(run, value, path);
      return typeof text === 'string' ? text : text.catch((error) => this.#fail(run, error, parent));
    } catch (error) {
      return this.#fail(run, error, parent);
    }
  }

  #resolve(run: PlanRun, source: unknown, path: Path | undefined): unknown {
    const { resolve } = this.#definition;
    if (resolve !== undefined)
      return resolve(source, this.#argumentsFor(run), run.contextValue, this.infoAt(run, path));
    if (source === null || (typeof source !== 'object' && typeof source !== 'function')) return undefined;
    const value = (source as Readonly<Record<string, unknown>>)[this.name];
    if (typeof value !== 'function') return value;
    return value.call(source, this.#argumentsFor(run), run.contextValue, this.infoAt(run, path));
  }

  /** @throws GraphQLError where a variable is missing or null that may not be */
  #argumentsFor(run: PlanRun): Record<string, unknown> {
    const [node] = this.nodes;
    if (this.#fixedArguments !== null) return this.#fixedArguments;
    return node === undefined ? {} : getArgumentValues(this.#definition, node, run.variables);
  }

  #fail(run: PlanRun, error: unknown, parent: Path | undefined): string {
    const located = locatedError(error, this.nodes, responsePathAsArray(this.#pathBelow(parent)));
    if (isNonNullType(this.#definition.type)) throw located;
    run.errors.push(located);
    return 'null';
  }

  #pathBelow(parent: Path | undefined): Path {
    return { prev: parent, key: this.#key, typename: this.parentType.name };
  }

  writeObject(run: PlanRun, type: GraphQLObjectType, value: unknown, path: Path | undefined): Json {
    const known = this.#selections.get(type);
    if (known !== undefined) return writeSelection(known, run, value, path);
    const sets = this.nodes.flatMap(({ selectionSet }) => selectionSet ?? []);
    const selection = this.#select(type, sets);
    this.#selections.set(type, selection);
    return writeSelection(selection, run, value, path);
  }

  infoAt(run: PlanRun, path: Path | undefined): GraphQLResolveInfo {
    const { schema, fragments, operation } = this.#parts;
    return {
      fieldName: this.name,
      fieldNodes: this.nodes,
      returnType: this.#definition.type,
      parentType: this.parentType,
      path: this.#needsPath && path !== undefined ? path : this.#pathBelow(path),
      schema,
      fragments,
      rootValue: run.rootValue,
      operation,
      variableValues: run.variables,
    };
  }
}

/** Null where they depend on the variables of a run, or cannot be used, which is for the run to say. */
function fixedArguments(
  definition: GraphQLField<unknown, unknown>,
  node: FieldNode | undefined,
): Record<string, unknown> | null {
  if (node === undefined) return null;
  let hasVariables = false;
  const find = () => {
    hasVariables = true;
    return BREAK;
  };
  for (const argument of node.arguments ?? []) visit(argument, { Variable: find });
  if (hasVariables) return null;
  try {
    return getArgumentValues(definition, node, {});
  } catch {
    return null;
  }
}

export function writeSelection(
  plan: SelectionPlan,
  run: PlanRun,
  source: unknown,
  path: Path | undefined,
): Json {
  const texts = new JsonParts('{');
  try {
    for (const field of plan) field.writeTo(texts, run, source, path);
  } catch (error) {
    return texts.failed(error);
  }
  return texts.end('}');
}

/** As for a mutation: one field after the other. */
export async function writeSerially(plan: SelectionPlan, run: PlanRun, source: unknown): Promise<string> {
  let text = '{';
  for (const field of plan) {
    const texts = new JsonParts(text);
    field.writeTo(texts, run, source, undefined);
    text = await texts.end('');
  }
  return `${text}}`;
}

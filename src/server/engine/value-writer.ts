import {
  defaultTypeResolver,
  type FieldNode,
  type GraphQLAbstractType,
  GraphQLError,
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  isAbstractType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  locatedError,
  responsePathAsArray,
} from 'graphql';

export type Variables = Readonly<Record<string, unknown>>;

/** What the steps of a plan share while it runs. */
export interface PlanRun {
  readonly schema: GraphQLSchema;
  readonly rootValue: unknown;
  readonly contextValue: unknown;
  /** Coerced. */
  readonly variables: Record<string, unknown>;
  readonly errors: GraphQLError[];
}

export type Path = GraphQLResolveInfo['path'];
/** A part of the answer as JSON. */
export type Json = string | Promise<string>;

/** Writes a value as the schema wants it. Throws, or rejects, where the field or item it stands for fails. */
export type WriteValue = (run: PlanRun, value: unknown, path: Path | undefined) => Json;

/** The field that a value is the value of. */
export interface WrittenField {
  readonly nodes: readonly FieldNode[];
  readonly name: string;
  readonly parentType: GraphQLObjectType;
  infoAt(run: PlanRun, path: Path | undefined): GraphQLResolveInfo;
  /** Writes what is selected of an object of this type. */
  readonly writeObject: (
    run: PlanRun,
    type: GraphQLObjectType,
    value: unknown,
    path: Path | undefined,
  ) => Json;
}

export const isThenable = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && typeof (value as { then?: unknown }).then === 'function';

/** True where a writer needs no path: what fails in a leaf is its field, or its item. */
export const isLeafOutput = (type: GraphQLOutputType): boolean =>
  isNonNullType(type) ? isLeafOutput(type.ofType) : isLeafType(type);

/** Does what the reference does for `completeValue`, and writes text instead of making objects. */
export function createWriter(type: GraphQLOutputType, field: WrittenField): WriteValue {
  const isRequired = isNonNullType(type);
  const write = createPresentWriter(isRequired ? type.ofType : type, field);
  return (run, value, path) => {
    if (value !== null && value !== undefined) {
      if (value instanceof Error) throw value;
      return write(run, value, path);
    }
    if (isRequired)
      throw new Error(`Cannot return null for non-nullable field ${field.parentType.name}.${field.name}.`);
    return 'null';
  };
}

function createPresentWriter(type: GraphQLOutputType, field: WrittenField): WriteValue {
  if (isLeafType(type)) return createLeafWriter(type);
  if (isListType(type)) return createListWriter(type.ofType, field);
  if (isAbstractType(type)) return createAbstractWriter(type, field);
  if (isObjectType(type)) return createObjectWriter(type, field);
  throw new Error(`${String(type)} is no type of an answer.`);
}

function createLeafWriter(type: GraphQLLeafType): WriteValue {
  return (_run, value) => {
    const serialized: unknown = type.serialize(value);
    if (typeof serialized === 'string') return quote(serialized);
    if (serialized === null || serialized === undefined)
      throw new Error(`Expected \`${type.name}.serialize\` to return a value.`);
    return JSON.stringify(serialized) ?? 'null';
  };
}

/** Nothing that JSON escapes, and no halves of characters, which it escapes where they stand alone. */
const PLAIN = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/;

const quote = (text: string): string => (PLAIN.test(text) ? `"${text}"` : JSON.stringify(text));

function createListWriter(itemType: GraphQLOutputType, field: WrittenField): WriteValue {
  const write = createWriter(itemType, field);
  const needsPath = !isLeafOutput(itemType);
  const isRequired = isNonNullType(itemType);

  function fail(run: PlanRun, error: unknown, path: Path): string {
    const located = locatedError(error, field.nodes, responsePathAsArray(path));
    if (isRequired) throw located;
    run.errors.push(located);
    return 'null';
  }

  function writeItem(run: PlanRun, item: unknown, path: Path | undefined, index: number): Json {
    const pathOfItem = (): Path => ({ prev: path, key: index, typename: undefined });
    const itemPath = needsPath ? pathOfItem() : undefined;
    try {
      const text = isThenable(item)
        ? Promise.resolve(item).then((settled) => write(run, settled, itemPath))
        : write(run, item, itemPath);
      return typeof text === 'string' ? text : text.catch((error) => fail(run, error, pathOfItem()));
    } catch (error) {
      return fail(run, error, pathOfItem());
    }
  }

  return (run, value, path) => {
    if (!isIterable(value))
      throw new GraphQLError(
        `Expected Iterable, but did not find one for field "${field.parentType.name}.${field.name}".`,
      );
    const texts = new JsonParts('[');
    let index = 0;
    try {
      for (const item of value) {
        if (index > 0) texts.add(',');
        texts.add(writeItem(run, item, path, index));
        index += 1;
      }
    } catch (error) {
      return texts.failed(error);
    }
    return texts.end(']');
  };
}

const isIterable = (value: unknown): value is Iterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.iterator in value;

function createAbstractWriter(type: GraphQLAbstractType, field: WrittenField): WriteValue {
  const resolveType = type.resolveType ?? defaultTypeResolver;
  const write = (run: PlanRun, name: unknown, value: unknown, path: Path | undefined) =>
    writeChecked(run, runtimeTypeOf(run, name, type, field), value, path, field);
  return (run, value, path) => {
    const name = resolveType(value, run.contextValue, field.infoAt(run, path), type);
    return isThenable(name)
      ? Promise.resolve(name).then((settled) => write(run, settled, value, path))
      : write(run, name, value, path);
  };
}

function runtimeTypeOf(
  { schema }: PlanRun,
  name: unknown,
  type: GraphQLAbstractType,
  { nodes, name: fieldName, parentType }: WrittenField,
): GraphQLObjectType {
  const runtimeType = typeof name === 'string' ? schema.getType(name) : undefined;
  if (isObjectType(runtimeType) && schema.isSubType(type, runtimeType)) return runtimeType;
  throw new GraphQLError(
    `Abstract type "${type.name}" must resolve to one of its Object types at runtime for field "${parentType.name}.${fieldName}".`,
    { nodes },
  );
}

const createObjectWriter =
  (type: GraphQLObjectType, field: WrittenField): WriteValue =>
  (run, value, path) =>
    writeChecked(run, type, value, path, field);

function writeChecked(
  run: PlanRun,
  type: GraphQLObjectType,
  value: unknown,
  path: Path | undefined,
  field: WrittenField,
): Json {
  if (type.isTypeOf == null) return field.writeObject(run, type, value, path);
  const write = (isOne: boolean): Json => {
    if (isOne) return field.writeObject(run, type, value, path);
    throw new GraphQLError(`Expected value of type "${type.name}" but got another.`, { nodes: field.nodes });
  };
  const isOne = type.isTypeOf(value, run.contextValue, field.infoAt(run, path));
  return isThenable(isOne) ? Promise.resolve(isOne).then(write) : write(isOne);
}

/** Text that is put together from parts, some of which may be on their way. */
export class JsonParts {
  #text: string;
  /** What came before the text, once there is a part that is on its way. */
  #parts: Json[] | null = null;

  constructor(start: string) {
    this.#text = start;
  }

  add(part: Json): void {
    if (typeof part === 'string') {
      this.#text += part;
      return;
    }
    part.catch(() => {}); // what comes before it may fail first
    this.#parts ??= [];
    this.#parts.push(this.#text, part);
    this.#text = '';
  }

  end(end: string): Json {
    const text = this.#text + end;
    return this.#parts === null ? text : Promise.all([...this.#parts, text]).then((parts) => parts.join(''));
  }

  /** Fails as well, but not before what is on its way came or failed. */
  failed(error: unknown): Promise<string> {
    if (this.#parts === null) throw error;
    const fail = () => {
      throw error;
    };
    return Promise.all(this.#parts).then(fail, fail);
  }
}

import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';

/** How big one operation is once its fragments are spread out. */
export interface OperationShape {
  readonly type: OperationDefinitionNode['operation'];
  /** Fields inside fields; a root field alone is 1. What lies under `__schema` and `__type` is not counted. */
  readonly depth: number;
  readonly introspectionDepth: number;
  /** Each alias as often as its fragment is spread. */
  readonly aliases: number;
  /** Each field as often as it is written and its fragment is spread: what a plan would have to look at. */
  readonly fields: number;
  /** Answers at the root, one per response name. */
  readonly rootFields: number;
  /** The same without `__typename`. */
  readonly callingRootFields: number;
}

interface Extent {
  readonly depth: number;
  readonly introspectionDepth: number;
  readonly aliases: number;
  readonly fields: number;
}

const NOTHING: Extent = { depth: 0, introspectionDepth: 0, aliases: 0, fields: 0 };

/**
 * Measures every operation of a document in time linear in its length: a fragment is measured once however often it is
 * spread, so that fragments which double each other cost nothing to refuse. Cycles end where they close; validation
 * refuses them by its own rule.
 */
export function measureOperations(document: DocumentNode): readonly OperationShape[] {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const definition of document.definitions)
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments.set(definition.name.value, definition);
  const measure = createMeasure(fragments);
  return document.definitions
    .filter((definition) => definition.kind === Kind.OPERATION_DEFINITION)
    .map((operation) => {
      const roots = collectRootFields(operation.selectionSet, fragments);
      const names = new Map(roots.map((field) => [field.alias?.value ?? field.name.value, field.name.value]));
      const calling = [...names.values()].filter((name) => name !== '__typename').length;
      return {
        type: operation.operation,
        ...measure(operation.selectionSet),
        rootFields: names.size,
        callingRootFields: calling,
      };
    });
}

/** Directives as written, wherever they stand. */
export function countDirectives(document: DocumentNode): number {
  let count = 0;
  visit(document, {
    Directive() {
      count += 1;
    },
  });
  return count;
}

function createMeasure(fragments: ReadonlyMap<string, FragmentDefinitionNode>) {
  const measured = new Map<string, Extent>();

  const measureSet = (selectionSet: SelectionSetNode): Extent =>
    selectionSet.selections.map(measureSelection).reduce(combine, NOTHING);

  const measureSelection = (selection: SelectionNode): Extent => {
    if (selection.kind === Kind.FIELD) return measureField(selection);
    if (selection.kind === Kind.INLINE_FRAGMENT) return measureSet(selection.selectionSet);
    return measureFragment(selection.name.value);
  };

  const measureField = (field: FieldNode): Extent => {
    const inner = field.selectionSet === undefined ? NOTHING : measureSet(field.selectionSet);
    const aliases = inner.aliases + (field.alias === undefined ? 0 : 1);
    const fields = inner.fields + 1;
    const name = field.name.value;
    if (name === '__schema' || name === '__type')
      return { depth: 1, introspectionDepth: inner.depth + 1, aliases, fields };
    return { depth: inner.depth + 1, introspectionDepth: inner.introspectionDepth, aliases, fields };
  };

  const measureFragment = (name: string): Extent => {
    const known = measured.get(name);
    if (known !== undefined) return known;
    measured.set(name, NOTHING); // where a cycle closes
    const fragment = fragments.get(name);
    const extent = fragment === undefined ? NOTHING : measureSet(fragment.selectionSet);
    measured.set(name, extent);
    return extent;
  };

  return measureSet;
}

const combine = (left: Extent, right: Extent): Extent => ({
  depth: Math.max(left.depth, right.depth),
  introspectionDepth: Math.max(left.introspectionDepth, right.introspectionDepth),
  aliases: left.aliases + right.aliases,
  fields: left.fields + right.fields,
});

function collectRootFields(
  selectionSet: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): readonly FieldNode[] {
  const fields: FieldNode[] = [];
  const spread = new Set<string>();
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (selection.kind === Kind.FIELD) fields.push(selection);
      else if (selection.kind === Kind.INLINE_FRAGMENT) collect(selection.selectionSet);
      else if (!spread.has(selection.name.value)) {
        spread.add(selection.name.value);
        const fragment = fragments.get(selection.name.value);
        if (fragment !== undefined) collect(fragment.selectionSet);
      }
    }
  };
  collect(selectionSet);
  return fields;
}

import {
  type FieldNode,
  type GraphQLField,
  GraphQLIncludeDirective,
  type GraphQLObjectType,
  type GraphQLSchema,
  GraphQLSkipDirective,
  getDirectiveValues,
  isAbstractType,
  Kind,
  type NamedTypeNode,
  SchemaMetaFieldDef,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
} from 'graphql';
import { FieldPlan, type PlanParts, type SelectionPlan } from './field-plan.ts';
import type { Variables } from './value-writer.ts';

/** A plan holds for these values of the variables that `@skip` and `@include` ask for. */
export interface SelectionParts extends PlanParts {
  readonly conditions: Variables;
}

/** As the reference collects fields: the same answer's name once, in the order of its first place. */
export function createSelectionPlan(
  parts: SelectionParts,
  type: GraphQLObjectType,
  selectionSets: readonly SelectionSetNode[],
): SelectionPlan {
  const fields = new Map<string, FieldNode[]>();
  const spread = new Set<string>();
  const collect = ({ selections }: SelectionSetNode): void => {
    for (const selection of selections) {
      if (!isIncluded(selection, parts.conditions)) continue;
      if (selection.kind === Kind.FIELD) {
        const key = (selection.alias ?? selection.name).value;
        const nodes = fields.get(key);
        if (nodes === undefined) fields.set(key, [selection]);
        else nodes.push(selection);
      } else if (selection.kind === Kind.INLINE_FRAGMENT) {
        if (applies(parts.schema, selection.typeCondition, type)) collect(selection.selectionSet);
      } else if (!spread.has(selection.name.value)) {
        spread.add(selection.name.value);
        const fragment = parts.fragments[selection.name.value];
        if (fragment !== undefined && applies(parts.schema, fragment.typeCondition, type))
          collect(fragment.selectionSet);
      }
    }
  };
  for (const selectionSet of selectionSets) collect(selectionSet);
  const plans: FieldPlan[] = [];
  const select = (inner: GraphQLObjectType, sets: readonly SelectionSetNode[]) =>
    createSelectionPlan(parts, inner, sets);
  for (const [key, nodes] of fields) {
    const definition = fieldDefinition(parts.schema, type, nodes[0]?.name.value ?? '');
    const place = { key, parentType: type, isFirst: plans.length === 0 };
    if (definition !== undefined) plans.push(new FieldPlan(parts, { ...place, nodes, definition, select }));
  }
  return plans;
}

function isIncluded(node: SelectionNode, conditions: Variables): boolean {
  if (node.directives === undefined || node.directives.length === 0) return true;
  if (getDirectiveValues(GraphQLSkipDirective, node, conditions)?.['if'] === true) return false;
  return getDirectiveValues(GraphQLIncludeDirective, node, conditions)?.['if'] !== false;
}

function applies(
  schema: GraphQLSchema,
  condition: NamedTypeNode | undefined,
  type: GraphQLObjectType,
): boolean {
  if (condition === undefined || condition.name.value === type.name) return true;
  const wanted = schema.getType(condition.name.value);
  return isAbstractType(wanted) && schema.isSubType(wanted, type);
}

function fieldDefinition(
  schema: GraphQLSchema,
  type: GraphQLObjectType,
  name: string,
): GraphQLField<unknown, unknown> | undefined {
  if (name === TypeNameMetaFieldDef.name) return TypeNameMetaFieldDef;
  if (type === schema.getQueryType()) {
    if (name === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  }
  return type.getFields()[name];
}

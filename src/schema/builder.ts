import SchemaBuilder from '@pothos/core';
import ComplexityPlugin from '@pothos/plugin-complexity';
import ErrorsPlugin from '@pothos/plugin-errors';
import RelayPlugin from '@pothos/plugin-relay';
import type { OperationContext } from '../context.ts';
import type { Decimal } from '../domain/decimal.ts';
import type { CalendarDate } from '../domain/list-query.ts';
import type { Instant } from '../domain/message.ts';
import { relayOptions } from './relay-options.ts';

/** How the GraphQL scalars look in TypeScript. */
type Scalars = {
  ID: { Input: string; Output: string };
  DateTime: { Input: Instant; Output: Instant };
  Date: { Input: CalendarDate; Output: CalendarDate };
  Decimal: { Input: Decimal; Output: Decimal };
  PhoneNumber: { Input: string; Output: string };
  CountryCode: { Input: string; Output: string };
};

/**
 * The one builder that every concept file adds its types and root fields to. Fields are non-null unless they say
 * otherwise. None of the plugins wraps the fields of list items: relay names ids and connections, errors turns thrown
 * user errors of mutations into union members, complexity only holds the declared cost (`complexity.ts` reads it).
 */
export const builder = new SchemaBuilder<{
  Context: OperationContext;
  Scalars: Scalars;
  DefaultFieldNullability: false;
}>({
  plugins: [RelayPlugin, ErrorsPlugin, ComplexityPlugin],
  defaultFieldNullability: false,
  relay: relayOptions,
  errors: { directResult: true },
  complexity: { disabled: true, defaultComplexity: 0, defaultListMultiplier: 1 },
});

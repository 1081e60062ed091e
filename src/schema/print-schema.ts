import { lexicographicSortSchema, printSchema } from 'graphql';
import { schema } from './index.ts';

/** The SDL as `schema.graphql` holds it: sorted, so that it differs only where the schema does. */
export const printSchemaSorted = (): string => `${printSchema(lexicographicSortSchema(schema))}\n`;

/** What a schema may find wrong with a value, in English: in the words of the library that checks it. */
import type { SchemaReason } from '../catalogue/schema.ts';
import type { ReasonWords } from '../words.ts';

const said = (data: SchemaReason): string => data.said;

export const schemaReasons = {
  'schema-type': said,
  'schema-option': said,
  'schema-keys': said,
  'schema-most': said,
  'schema-least': said,
  'schema-form': said,
  'schema-other': said,
} satisfies ReasonWords<SchemaReason>;

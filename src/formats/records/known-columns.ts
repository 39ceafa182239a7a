/** Mappings that a person chose, known again by the columns of a file. */
import type { FieldMapping } from './record-types.ts';

/** A mapping, and the columns that it was chosen for (see fieldsKey). */
export interface KnownColumns {
  readonly fields: string;
  readonly mapping: FieldMapping;
}

/** A key for the columns of a file, whatever their order. */
export function fieldsKey(fields: readonly { readonly name: string }[]): string {
  return fields
    .map(({ name }) => name)
    .sort()
    .join('\n');
}

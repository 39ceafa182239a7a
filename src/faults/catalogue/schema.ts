/** What a schema may find wrong with a value. */

/** `said` is what the library that checks it says, in English. */
export type SchemaReason = { readonly said: string } & (
  | { readonly reason: 'schema-type'; readonly expected: string; readonly received: string }
  | { readonly reason: 'schema-option'; readonly options: readonly string[] }
  | { readonly reason: 'schema-keys'; readonly keys: readonly string[] }
  | { readonly reason: 'schema-most'; readonly most: number }
  | { readonly reason: 'schema-least'; readonly least: number }
  | { readonly reason: 'schema-form' }
  | { readonly reason: 'schema-other' }
);

/** What sample data of faults have to hold: something for every code, and for every reason that a code may have. */
import type { SchemaReason } from '../catalogue/schema.ts';

type WithReason<D, K> = D extends { readonly reason: infer R }
  ? K extends R
    ? Omit<D, 'reason'>
    : never
  : never;

/** Data by code; by code and reason where the reasons are listed; a list where data have several forms. */
export type Samples<F> = {
  readonly [C in keyof F]: F[C] extends { readonly reason: infer R extends string }
    ? string extends R
      ? F[C]
      : { readonly [K in R]: WithReason<F[C], K> }
    : F[C] | readonly F[C][];
};

type SchemaSamples<P> = {
  readonly [K in SchemaReason['reason']]: P & WithReason<SchemaReason, K>;
};

/** Every way in which a value may not fit its schema, at a place. */
export function schemaSamples<P extends object>(place: P): SchemaSamples<P> {
  const said = 'what the library says';
  return {
    'schema-type': { ...place, said, expected: 'number', received: 'undefined' },
    'schema-option': { ...place, said, options: ['"a"', '"b"'] },
    'schema-keys': { ...place, said, keys: ['"more"'] },
    'schema-most': { ...place, said, most: 31 },
    'schema-least': { ...place, said, least: 32 },
    'schema-form': { ...place, said },
    'schema-other': { ...place, said },
  };
}

/** The first thing that a schema found wrong, as the reason of a fault. */
import type { z } from 'zod';
import type { SchemaReason } from './catalogue/schema.ts';

/** Where, as names joined by dots ('' for the whole value), and what. @param input the value that was checked */
export function schemaReason(
  error: z.ZodError,
  input: unknown,
): { readonly path: string; readonly why: SchemaReason } {
  const [issue] = error.issues;
  if (!issue) return { path: '', why: { reason: 'schema-other', said: 'wrong shape' } };
  return { path: issue.path.join('.'), why: reasonOf(issue, valueAt(input, issue.path)) };
}

function reasonOf(issue: z.core.$ZodIssue, value: unknown): SchemaReason {
  const { message: said } = issue;
  switch (issue.code) {
    case 'invalid_type':
      return {
        reason: 'schema-type',
        expected: issue.expected,
        received: typeNameOf(value),
        said,
      };
    case 'invalid_value':
      return { reason: 'schema-option', options: issue.values.map((one) => shown(one)), said };
    case 'unrecognized_keys':
      return { reason: 'schema-keys', keys: issue.keys.map((key) => `"${key}"`), said };
    case 'too_big':
      return { reason: 'schema-most', most: Number(issue.maximum), said };
    case 'too_small':
      return { reason: 'schema-least', least: Number(issue.minimum), said };
    case 'invalid_format':
      return { reason: 'schema-form', said };
    default:
      return { reason: 'schema-other', said };
  }
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined,
    input,
  );
}

function typeNameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isNaN(value) ? 'nan' : typeof value;
}

function shown(value: unknown): string {
  return typeof value === 'string' ? `"${value}"` : String(value);
}

/** Remembers which column held which part of a record, by the columns of a file. */
import type { FieldMapping, FieldSample } from '../../contract/data.ts';
import { readPreference, writePreference } from '../preferences.ts';

/** Parts of a record that a column can hold. */
export const fieldRoles = [
  'system',
  'prompt',
  'turns',
  'input',
  'reasoning',
  'response',
  'task',
  'choices',
  'answer',
] as const;

export type FieldRole = (typeof fieldRoles)[number];

const PREFERENCE = 'column-mappings';
const MOST = 50;

interface Remembered {
  readonly fields: string;
  readonly mapping: FieldMapping;
}

function asMappings(value: unknown): readonly Remembered[] | null {
  const isOne = (item: unknown): item is Remembered => {
    if (typeof item !== 'object' || item === null) return false;
    const { fields, mapping } = item as Partial<Remembered>;
    const asks = mapping?.prompt ?? mapping?.turns;
    return typeof fields === 'string' && typeof asks === 'string';
  };
  return Array.isArray(value) ? value.filter(isOne) : null;
}

/** A key for the columns of a file, whatever their order. */
export function fieldsKey(fields: readonly FieldSample[]): string {
  return fields
    .map(({ name }) => name)
    .sort()
    .join('\n');
}

export function rememberedMapping(key: string): FieldMapping | null {
  const known = readPreference(PREFERENCE, asMappings) ?? [];
  const found = known.find(({ fields }) => fields === key)?.mapping;
  if (found === undefined) return null;
  // Keeps only known parts: a mapping stored by an earlier version may have others.
  const parts = Object.entries(found).filter(([role]) => fieldRoles.some((one) => one === role));
  return Object.fromEntries(parts);
}

/** The last fifty mappings are kept. */
export function rememberMapping(key: string, mapping: FieldMapping): void {
  const known = readPreference(PREFERENCE, asMappings) ?? [];
  const others = known.filter(({ fields }) => fields !== key);
  writePreference(PREFERENCE, [{ fields: key, mapping }, ...others].slice(0, MOST));
}

/** The part that a column holds in a mapping. */
export function roleOf(mapping: Partial<FieldMapping>, field: string): FieldRole | null {
  for (const role of fieldRoles) {
    const held = mapping[role];
    if (Array.isArray(held) ? held.includes(field) : held === field) return role;
  }
  return null;
}

/**
 * The mapping with another part for one column. A part that only one column can hold is taken from the column
 * that held it; several columns may be choices, in the order of the file.
 */
export function withRole(
  mapping: Partial<FieldMapping>,
  field: string,
  role: FieldRole | null,
  order: readonly string[],
): Partial<FieldMapping> {
  const { choices = [], ...single } = mapping;
  const kept = Object.fromEntries(Object.entries(single).filter(([, held]) => held !== field));
  const others = choices.filter((choice) => choice !== field);
  const all = role === 'choices' ? [...others, field] : others;
  const sorted = order.filter((name) => all.includes(name));
  return {
    ...kept,
    ...(role !== null && role !== 'choices' ? { [role]: field } : {}),
    ...(sorted.length > 0 ? { choices: sorted } : {}),
  };
}

/** Parts that a mapping still lacks; empty where records can be read with it. */
export function mappingGaps(mapping: Partial<FieldMapping>): FieldRole[] {
  if (mapping.turns !== undefined) return [];
  const gaps: FieldRole[] = [];
  if (mapping.prompt === undefined) gaps.push('prompt');
  const chosen = mapping.answer !== undefined;
  if (mapping.response === undefined && !chosen) gaps.push('response');
  if (chosen && mapping.choices === undefined) gaps.push('choices');
  return gaps;
}

/** The mapping if it lacks nothing, else null. */
export function wholeMapping(mapping: Partial<FieldMapping>): FieldMapping | null {
  return mappingGaps(mapping).length > 0 ? null : mapping;
}

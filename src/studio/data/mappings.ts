/** Remembers which column held which part of a record, by the columns of a file. */
import type { DataKind, FieldMapping, KnownColumns } from '../../contract/data.ts';
import { fieldsKey } from '../../formats/records/known-columns.ts';
import { readPreference, writePreference } from '../preferences.ts';
import { dataKinds } from './data-kinds.ts';

export { fieldsKey };

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

/** What a person said about the columns of a file. */
interface Remembered extends KnownColumns {
  /** The kind that the person chose; absent where it was left to a guess. */
  readonly kind?: DataKind;
}

/** Keeps only known parts: what an earlier version stored may have others. */
function partsOf(mapping: FieldMapping): FieldMapping {
  const known: readonly string[] = [...fieldRoles, 'instruction'];
  return Object.fromEntries(Object.entries(mapping).filter(([part]) => known.includes(part)));
}

function asMappings(value: unknown): readonly Remembered[] | null {
  if (!Array.isArray(value)) return null;
  return value.flatMap((item: unknown) => {
    if (typeof item !== 'object' || item === null) return [];
    const { fields, mapping, kind } = item as Partial<Remembered>;
    const asks = mapping?.prompt ?? mapping?.turns ?? mapping?.instruction;
    if (mapping === undefined || typeof fields !== 'string' || typeof asks !== 'string') return [];
    const chosen = dataKinds.find((one) => one === kind);
    return [{ fields, mapping: partsOf(mapping), ...(chosen && { kind: chosen }) }];
  });
}

/** All mappings that are kept, newest first. */
function remembered(): readonly Remembered[] {
  return readPreference(PREFERENCE, asMappings) ?? [];
}

/** The mappings by which files of questions are read, too. */
export function knownColumns(): readonly KnownColumns[] {
  return remembered().map(({ fields, mapping }) => ({ fields, mapping }));
}

export function rememberedMapping(key: string): Omit<Remembered, 'fields'> | null {
  return remembered().find(({ fields }) => fields === key) ?? null;
}

/** The last fifty mappings are kept. @param kind null where it was left to a guess */
export function rememberMapping(key: string, mapping: FieldMapping, kind: DataKind | null): void {
  const others = remembered().filter(({ fields }) => fields !== key);
  const newest = { fields: key, mapping, ...(kind && { kind }) };
  writePreference(PREFERENCE, [newest, ...others].slice(0, MOST));
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
  const { choices = [], instruction, ...single } = mapping;
  const kept = Object.fromEntries(Object.entries(single).filter(([, held]) => held !== field));
  const others = choices.filter((choice) => choice !== field);
  const all = role === 'choices' ? [...others, field] : others;
  const sorted = order.filter((name) => all.includes(name));
  return {
    ...kept,
    ...(instruction !== undefined && { instruction }),
    ...(role !== null && role !== 'choices' ? { [role]: field } : {}),
    ...(sorted.length > 0 ? { choices: sorted } : {}),
  };
}

/** Parts that a mapping still lacks; empty where records can be read with it. */
export function mappingGaps(mapping: Partial<FieldMapping>): FieldRole[] {
  if (mapping.turns !== undefined) return [];
  const gaps: FieldRole[] = [];
  const instructed = mapping.instruction !== undefined && mapping.input !== undefined;
  if (mapping.prompt === undefined && !instructed) gaps.push('prompt');
  const chosen = mapping.answer !== undefined;
  if (mapping.response === undefined && !chosen) gaps.push('response');
  if (chosen && mapping.choices === undefined) gaps.push('choices');
  return gaps;
}

/** The mapping with another instruction for every record; a blank one is none. */
export function withInstruction(
  { instruction: _before, ...others }: Partial<FieldMapping>,
  instruction: string,
): Partial<FieldMapping> {
  return instruction.trim() === '' ? others : { ...others, instruction };
}

/** The mapping if it lacks nothing, else null. */
export function wholeMapping(mapping: Partial<FieldMapping>): FieldMapping | null {
  return mappingGaps(mapping).length > 0 ? null : mapping;
}

/** Takes a person's edits of a document over to another one, as version control merges two lines of work. */
import { equalValues } from './recipe-edit.ts';

type Fields = Readonly<Record<string, unknown>>;

/**
 * What `before` became by hand in `edited`, done to `after`: every field that was changed keeps its change, every
 * other one is as in `after`. Lists of parts with a name (stages, branches, acts) are merged part by part; a part that
 * either side removed is gone.
 */
export function withEdits(before: unknown, edited: unknown, after: unknown): unknown {
  if (equalValues(before, edited)) return after;
  if (equalValues(before, after)) return edited;
  if (isNamedList(before) && isNamedList(edited) && isNamedList(after)) {
    return mergedLists(before, edited, after);
  }
  if (isFields(before) && isFields(edited) && isFields(after)) {
    return mergedFields(before, edited, after);
  }
  return edited;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The name of a part: a stage's or branch's own, or the branch that an act concerns. */
function nameOf(part: unknown): string | undefined {
  if (!isFields(part)) return undefined;
  const name = part['name'] ?? part['branch'];
  return typeof name === 'string' ? name : undefined;
}

function isNamedList(value: unknown): value is readonly Fields[] {
  return Array.isArray(value) && value.every((part) => nameOf(part) !== undefined);
}

function mergedFields(before: Fields, edited: Fields, after: Fields): Fields {
  const names = [...new Set([...Object.keys(after), ...Object.keys(edited)])];
  const entries = names.map((name) => [name, withEdits(before[name], edited[name], after[name])]);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined)) as Fields;
}

function mergedLists(
  before: readonly Fields[],
  edited: readonly Fields[],
  after: readonly Fields[],
): Fields[] {
  const named = (list: readonly Fields[], wanted: string | undefined): Fields | undefined =>
    list.find((part) => nameOf(part) === wanted);
  const kept = after.flatMap((part) => {
    const name = nameOf(part);
    const [was, own] = [named(before, name), named(edited, name)];
    if (was === undefined) return [part];
    return own === undefined ? [] : [mergedFields(was, own, part)];
  });
  const added = edited.filter((part) => {
    const name = nameOf(part);
    return named(before, name) === undefined && named(after, name) === undefined;
  });
  return [...kept, ...added];
}

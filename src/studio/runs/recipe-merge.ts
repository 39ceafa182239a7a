/** Takes a person's edits of a document over to another one, as version control merges two lines of work. */
import { equalValues } from './recipe-edit.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Three states of one document: where both others began, what a person made of it, and what it is to become. */
export interface Versions<T = unknown> {
  readonly before: T;
  readonly edited: T;
  readonly after: T;
}

/** Which side has its way where both changed one thing. */
export type Winner = 'edited' | 'after';

/**
 * What `before` became by hand in `edited`, done to `after`: every field that was changed keeps its change, every
 * other one is as in `after`. Lists of parts with a name (stages, branches, acts) are merged part by part; a part that
 * one side removed is gone, unless the other side changed it and wins.
 */
export function withEdits({ before, edited, after }: Versions, winner: Winner): unknown {
  if (equalValues(before, edited)) return after;
  if (equalValues(before, after)) return edited;
  if (isNamedList(before) && isNamedList(edited) && isNamedList(after)) {
    return mergedLists({ before, edited, after }, winner);
  }
  if (isFields(before) && isFields(edited) && isFields(after)) {
    return mergedFields({ before, edited, after }, winner);
  }
  return winner === 'edited' ? edited : after;
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

function mergedFields({ before, edited, after }: Versions<Fields>, winner: Winner): Fields {
  const names = [...new Set([...Object.keys(after), ...Object.keys(edited)])];
  const entries = names.map((name) => {
    const own = { before: before[name], edited: edited[name], after: after[name] };
    return [name, withEdits(own, winner)] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function mergedLists(
  { before, edited, after }: Versions<readonly Fields[]>,
  winner: Winner,
): Fields[] {
  const named = (list: readonly Fields[], wanted: string | undefined): Fields | undefined =>
    list.find((part) => nameOf(part) === wanted);
  const kept = after.flatMap((part) => {
    const name = nameOf(part);
    const [was, own] = [named(before, name), named(edited, name)];
    if (was === undefined) return [part];
    if (own !== undefined) return [mergedFields({ before: was, edited: own, after: part }, winner)];
    return winner === 'after' && !equalValues(was, part) ? [part] : [];
  });
  const added = edited.filter((part) => {
    const name = nameOf(part);
    return named(before, name) === undefined && named(after, name) === undefined;
  });
  return [...kept, ...added];
}

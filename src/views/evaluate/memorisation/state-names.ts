/** States and branches of a measured run as its figures name them. */
import type { RunMemory } from '../../../contract/memorisation.ts';
import { branchTitle } from '../../shared/Tag.tsx';
import { listed } from '../../shared/words/marks.ts';

/** "NA": the branches whose dropping is looked at. */
export function droppedNames({ drop }: Pick<RunMemory, 'drop'>): string {
  return listed((drop?.branches ?? []).map(branchTitle));
}

/** Names of at most this many characters stand under an axis in one line. */
const SHORT = 10;

/** A state's name in lines that fit under an axis: before its brackets, or at the space next to its middle. */
export function linesOf(name: string): string[] {
  const bracket = name.indexOf('（');
  if (bracket > 0) return [name.slice(0, bracket), name.slice(bracket)];
  const spaces = [...name.matchAll(/ /g)].map(({ index }) => index);
  if (name.length <= SHORT || spaces.length === 0) return [name];
  const apart = (at: number): number => Math.abs(at - (name.length - 1) / 2);
  const at = spaces.reduce((best, one) => (apart(one) < apart(best) ? one : best));
  return [name.slice(0, at), name.slice(at + 1)];
}

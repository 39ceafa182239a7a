/** What is said of a file of one of lm-eval's tasks. */
import type { KnownFile } from '../../../contract/evaluation.ts';
import { harnessText } from './text-harness.ts';

/** @param shots examples above each question, as set */
export function knownLines(known: KnownFile, shots: number): string[] {
  const t = harnessText();
  const { task, split, role, rows, whole, asks, examples } = known;
  if (role === 'unused') return [t.unused(task)];
  // Alone, a file of examples is asked; beside other files of its task it is not.
  if (split !== null && split === examples) return [t.examples(task, split)];
  const asked = t.asked(task, rows);
  // A data set that gives its own questions as examples has one split, which no name needs to say.
  if (examples === null) return [asked];
  if (whole > rows) return [asked, t.divided(whole, asks, examples)];
  const lines = split === null ? [asked, t.anySplit(asks)] : [asked];
  return shots > 0 ? [...lines, t.fromSplit(examples)] : lines;
}

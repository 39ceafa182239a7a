/** What a shortcut check found: how many answers changed in each variation, and how many were right before and after. */
import { wilsonInterval, type Pairs } from '../statistics/proportions.ts';
import { differenceOfPairs, type Difference } from '../comparison.ts';
import type { Interval } from '../statistics/bootstrap.ts';
import { optionCount, type EvaluationItem } from '../items.ts';
import { readTasks, type KnownAnswers } from '../report.ts';
import type { Reading } from '../answers/reading.ts';
import type { ChoiceMethod } from '../settings.ts';
import type { Shortcut, Varied } from './variations.ts';

/** What a finding allows to say; whether answers that `depends` counts should have changed, a person must judge. */
export const SHORTCUT_SAYS = [
  ...(['follows', 'letters', 'case-used', 'case-unused', 'case-untold'] as const),
  ...(['case-harms', 'steady', 'depends'] as const),
] as const;
export type ShortcutSays = (typeof SHORTCUT_SAYS)[number];

/** One variation, over the questions answered both as they are and varied. */
export interface ShortcutFinding {
  readonly shortcut: Shortcut;
  readonly items: number;
  /** Answers that were right as the questions are, and varied. */
  readonly rightBefore: number;
  readonly rightAfter: number;
  /** Answers that name another option, by what it says and not by its letter. */
  readonly changed: number;
  /** Of `changed`, as a share. */
  readonly interval: Interval | null;
  /** Share right after − before, paired. */
  readonly difference: Difference | null;
  /** Of `items`, what guessing reaches, as a share. */
  readonly chance: number;
  readonly says: ShortcutSays;
}

/**
 * @param answers to the questions as they are, by their place
 * @param variedAnswers to the varied questions, by their place among these
 */
export function findShortcut(
  shortcut: Shortcut,
  original: { readonly items: readonly EvaluationItem[]; readonly answers: KnownAnswers },
  variation: { readonly varied: readonly Varied[]; readonly answers: KnownAnswers },
  choices: ChoiceMethod,
): ShortcutFinding {
  const before = readingsByPlace(original.items, original.answers, choices);
  const after = readingsByPlace(
    variation.varied.map(({ item }) => item),
    variation.answers,
    choices,
  );
  const both = variation.varied.flatMap((varied, i) => {
    const [one, other] = [before.get(varied.place), after.get(i)];
    return one && other ? [{ varied, one, other }] : [];
  });
  const right = ({ value }: Reading): boolean => value === 1;
  const count = (test: (pair: (typeof both)[number]) => boolean): number =>
    both.filter(test).length;
  const pairs: Pairs = {
    items: both.length,
    onlyFirst: count(({ one, other }) => right(one) && !right(other)),
    onlySecond: count(({ one, other }) => !right(one) && right(other)),
  };
  const changed = count(({ varied, one, other }) => meaningOf(other, varied) !== meaningOf(one));
  const options = both.map(({ varied }) => 1 / Math.max(1, optionCount(varied.item)));
  const figures = {
    ...{ shortcut, changed, items: both.length },
    rightBefore: count(({ one }) => right(one)),
    rightAfter: count(({ other }) => right(other)),
    interval: wilsonInterval(changed, both.length),
    difference: differenceOfPairs(pairs),
    chance: options.reduce((sum, share) => sum + share, 0) / Math.max(1, both.length),
  };
  return { ...figures, says: saidBy(figures) };
}

function saidBy(finding: Omit<ShortcutFinding, 'says'>): ShortcutSays {
  const { shortcut, changed, difference, rightBefore, items, chance } = finding;
  if (shortcut === 'options') return changed === 0 ? 'follows' : 'letters';
  if (shortcut !== 'case') return changed === 0 ? 'steady' : 'depends';
  if (difference?.shows === true) return difference.value < 0 ? 'case-used' : 'case-harms';
  // As many right without the case says nothing where the case did not help to begin with.
  return rightBefore > chance * items ? 'case-unused' : 'case-untold';
}

/** What an answer chooses, under the letters that the options have unvaried. */
function meaningOf({ given }: Reading, varied?: Varied): string {
  const before = varied?.before;
  return given
    .map((letter) => before?.get(letter) ?? letter)
    .sort()
    .join('\n');
}

function readingsByPlace(
  items: readonly EvaluationItem[],
  answers: KnownAnswers,
  choices: ChoiceMethod,
): Map<number, Reading> {
  const found = new Map<number, Reading>();
  for (const { readings, places } of readTasks(items, answers, choices)) {
    readings.forEach((reading, i) => found.set(places[i] ?? -1, reading));
  }
  return found;
}

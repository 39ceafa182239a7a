/**
 * The variations of a shortcut check: the same questions with what must not decide the answer changed, or with what
 * must decide it taken away.
 */
import { randomWord } from '../../kernels/random-words.ts';
import { isMultipleChoice, rightLetters, type EvaluationItem } from '../items.ts';
import { partsOf, promptOf, withoutCase, type QuestionParts } from './question-parts.ts';
import { swapAge, swapSex } from './swap-terms.ts';

/** `options`: every option moves to another letter. `case`: only the question is left. `sex`, `age`: swapped. */
export const SHORTCUTS = ['options', 'case', 'sex', 'age'] as const;
export type Shortcut = (typeof SHORTCUTS)[number];

/** A question as it is asked in a variation. */
export interface Varied {
  /** Place of the original among all questions. */
  readonly place: number;
  readonly item: EvaluationItem;
  /** The letter that an option had before it moved, by its letter here. */
  readonly before?: ReadonlyMap<string, string>;
}

const STREAM = 0x51c0_0000;

/** The questions whose answer is one of a few and to which this variation applies. */
export function vary(shortcut: Shortcut, items: readonly EvaluationItem[], seed: number): Varied[] {
  return items.flatMap((item, place): Varied[] => {
    if (!isChosen(item)) return [];
    if (shortcut === 'options') {
      const moved = moveOptions(item, randomWord(seed, place, STREAM, 0));
      return moved ? [{ place, ...moved }] : [];
    }
    const change = CHANGES[shortcut];
    const parts = stemOf(item);
    const stem = parts && change(parts.stem);
    return parts && stem !== null
      ? [{ place, item: { ...item, prompt: promptOf({ ...parts, stem }) } }]
      : [];
  });
}

const CHANGES = { case: withoutCase, sex: swapSex, age: swapAge } as const;

/**
 * Whether an answer is one of a few, so that it is right or wrong. A question as lm-eval asks it is never varied: its
 * prompt may begin with other questions.
 */
function isChosen({ metric, choices = [], harness }: EvaluationItem): boolean {
  return (
    !harness &&
    choices.length > 1 &&
    (metric === 'accuracy' || metric === 'macro-f1' || metric === 'weighted-f1')
  );
}

/** A question with options in its text is changed above them alone; labels in words have no options there. */
function stemOf(item: EvaluationItem): QuestionParts | null {
  if (!isMultipleChoice(item)) return { stem: item.prompt, options: [], rest: '' };
  return partsOf(item.prompt, item.choices ?? []);
}

/** Options that speak of others lose their sense when these move. */
const REFERS =
  /\b(?:above|below|both|all of|none of|neither|[A-Z]\s*(?:and|or|&|,)\s*[A-Z])\b|以上|上述|均|都(?:是|不|对|错)|[A-Z]\s*[、和与及]\s*[A-Z]/u;

/** Moves every option by as many letters, so that the right one never keeps its letter; null where that has no sense. */
function moveOptions(item: EvaluationItem, word: number): Omit<Varied, 'place'> | null {
  const letters = item.choices ?? [];
  const parts = isMultipleChoice(item) ? partsOf(item.prompt, letters) : null;
  if (!parts || parts.options.some(({ text }) => REFERS.test(text))) return null;
  const count = letters.length;
  const shift = 1 + (word % (count - 1));
  const from = (i: number): number => (i + shift) % count;
  const before = new Map(letters.map((letter, i) => [letter, letters[from(i)] ?? letter]));
  const options = parts.options.map((option, i) => ({
    ...option,
    text: parts.options[from(i)]?.text ?? option.text,
  }));
  const right = new Set(rightLetters(item));
  const answer = letters.filter((letter) => right.has(before.get(letter) ?? '')).join('');
  const unsure = letters.find((letter) => before.get(letter) === item.unsure);
  return {
    item: {
      ...{ ...item, prompt: promptOf({ ...parts, options }), answer },
      ...(unsure !== undefined && { unsure }),
    },
    before,
  };
}

/** Offers "I do not know" as one more option of a question, so that a model can decline to answer. */
import { isMultipleChoice, rightLetters, type EvaluationItem } from '../items.ts';
import { partsOf, promptOf } from '../shortcuts/question-parts.ts';

const WORDS = { latin: 'I do not know', han: '我不知道' } as const;
const LAST_LETTER = 'Z';

/**
 * The questions with the option, under the letter after the last; those that list no options, have several right ones or
 * no letter left stay as they are, and so do those of lm-eval's tasks.
 */
export function offerUnsure(items: readonly EvaluationItem[]): EvaluationItem[] {
  return items.map((item) => {
    const { choices = [], prompt, harness } = item;
    const last = choices.at(-1) ?? LAST_LETTER;
    if (
      harness ||
      !isMultipleChoice(item) ||
      last >= LAST_LETTER ||
      rightLetters(item).length !== 1
    ) {
      return item;
    }
    const parts = partsOf(prompt, choices);
    const before = parts?.options.at(-1);
    if (!parts || !before) return item;
    const letter = String.fromCharCode(last.charCodeAt(0) + 1);
    const text = /\p{Script=Han}/u.test(prompt) ? WORDS.han : WORDS.latin;
    const option = { letter, mark: before.mark.replace(last, letter), text };
    return {
      ...item,
      prompt: promptOf({ ...parts, options: [...parts.options, option] }),
      choices: [...choices, letter],
      unsure: letter,
    };
  });
}

/** The prompt of a question as it is without the option that was offered. */
export function promptWithoutUnsure({ prompt, choices = [], unsure }: EvaluationItem): string {
  const parts = unsure === undefined ? null : partsOf(prompt, choices);
  return parts ? promptOf({ ...parts, options: parts.options.slice(0, -1) }) : prompt;
}

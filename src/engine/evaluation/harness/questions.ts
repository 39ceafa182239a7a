/** Builds the questions of lm-eval's tasks: description, examples, question; character for character as lm-eval does. */
import type { EvaluationItem } from '../items.ts';
import type { AskedText, OptionPlace } from '../answering.ts';
import { PythonRandom, lengthOf, stripEnd } from './python.ts';
import type { HarnessDoc, HarnessTask } from './task.ts';

/** lm-eval's seed for drawing examples. */
const SEED = 1234;
/** Before an answer, and between an example and what follows. */
const BEFORE_ANSWER = ' ';
const BETWEEN = '\n\n';

const letterAt = (place: number): string => String.fromCharCode(65 + place);

/** Examples of each question in turn. @throws RangeError where there are too few of them */
function* examplesOf(
  { sampler }: HarnessTask,
  pool: readonly HarnessDoc[],
  shots: number,
): Generator<readonly HarnessDoc[], never> {
  const random = new PythonRandom(SEED);
  if (shots > pool.length) throw new RangeError('Fewer examples than asked for');
  for (;;) yield sampler === 'first' ? pool.slice(0, shots) : random.sample(pool, shots);
}

/**
 * The questions of a task in the order of their file.
 * @param pool the rows of the split of examples
 * @param shots examples above each question
 */
export function harnessItems(
  task: HarnessTask,
  docs: readonly HarnessDoc[],
  pool: readonly HarnessDoc[],
  shots: number,
): EvaluationItem[] {
  const drawn = examplesOf(task, pool, shots);
  return docs.map(({ text, options, target, subject, row }) => {
    const examples = shots === 0 ? [] : drawn.next().value;
    const shown = examples.map(
      (example) =>
        `${example.text}${BEFORE_ANSWER}${example.options[example.target] ?? ''}${BETWEEN}`,
    );
    return {
      ...{ task: task.name, kind: 'knowledge', metric: 'accuracy' },
      prompt: `${task.description}${shown.join('')}${text}`,
      answer: letterAt(target),
      choices: options.map((_, place) => letterAt(place)),
      ...(subject !== undefined && { subject }),
      harness: { options, norm: task.norm, shots, row, question: text },
    };
  });
}

/** The answers that are compared, as they follow the prompt. */
export function continuationsOf(item: EvaluationItem): readonly string[] {
  return (item.harness?.options ?? []).map((option) => `${BEFORE_ANSWER}${option}`);
}

/**
 * Prompt and options as tokens, as lm-eval cuts them: white space that ends the prompt goes to the options, both are
 * tokenised together, and the option is what comes after as many tokens as the prompt has alone.
 */
export async function harnessPlace(text: AskedText, item: EvaluationItem): Promise<OptionPlace> {
  const before = stripEnd(item.prompt);
  const moved = item.prompt.slice(before.length);
  const [alone, ...whole] = await Promise.all([
    text.plain(before),
    ...continuationsOf(item).map((option) => text.plain(`${before}${moved}${option}`)),
  ]);
  const names = item.choices ?? [];
  return {
    before: alone,
    whole: true,
    options: whole.map((ids, i) => ({ name: names[i] ?? '', ids: ids.subarray(alone.length) })),
  };
}

/** The letter of the option with the highest log-likelihood a character (`acc_norm`), ties to the earlier one. */
export function normedLetter(item: EvaluationItem, logLikelihoods: readonly number[]): string {
  let best = '';
  let highest = Number.NEGATIVE_INFINITY;
  for (const [place, option] of (item.harness?.options ?? []).entries()) {
    const value = (logLikelihoods[place] ?? Number.NaN) / lengthOf(option);
    if (value > highest) [best, highest] = [letterAt(place), value];
  }
  return best;
}

/** The question where a model writes its answer: without the place for a letter, and with the options named. */
export function writtenQuestion({ prompt, choices = [], harness }: EvaluationItem): string {
  if (!harness) return prompt;
  const asked = harness.question.replace(/\n(?:Answer:|答案：)$/u, '');
  if (harness.options.every((option, place) => option === choices[place])) return asked;
  const named = harness.options.map((option, place) => `${choices[place] ?? ''}. ${option}`);
  return [asked, ...named].join('\n');
}

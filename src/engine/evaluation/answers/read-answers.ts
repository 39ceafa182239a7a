/** Reads the answer to an item, and scores the answers to a task. */
import { readCblue } from '../cblue.ts';
import { isMultipleChoice, rightLetters } from '../items.ts';
import type { EvaluationItem, ItemAnswer, TaskItems } from '../items.ts';
import { itemTypes, parseItems } from './list-answers.ts';
import { microF1, rougeL } from '../metrics.ts';
import type { Reading } from './reading.ts';
import { sampleOf, scoreSample } from '../sample.ts';
import { statedLabel, statedLetters } from './stated-answer.ts';

/** An answer that matches no label: it is wrong, and F1 counts it as a separate label. */
const NO_LABEL = '';

/**
 * Reads the answers of one task. Labels are the items' choices and right answers. Format adherence means: a
 * list answer has a line "type: …" for every wanted type; an answer with labels gives one of them; a
 * written choice says which option it is; free text is not empty. A written answer that the token limit cut off never ended,
 * and has no form.
 */
export function readAnswers(
  { task, metric, items }: Pick<TaskItems, 'task' | 'metric' | 'items'>,
  answers: readonly ItemAnswer[],
): Reading[] {
  const labels = new Set(items.flatMap(({ answer, choices = [] }) => [answer, ...choices]));
  return items.map((item, i) => {
    const given: ItemAnswer = answers[i] ?? { text: '', written: null, reference: null };
    const read = readAnswer({ task, metric, labels }, item, given);
    const adheres = given.cut && read.adheres !== null ? false : read.adheres;
    return { ...read, adheres, reference: given.reference };
  });
}

function readAnswer(
  {
    task,
    metric,
    labels,
  }: Pick<TaskItems, 'task' | 'metric'> & { readonly labels: ReadonlySet<string> },
  item: EvaluationItem,
  { text, written }: ItemAnswer,
): Omit<Reading, 'reference'> {
  const { answer: target, choices = [] } = item;
  if (metric === 'perplexity') return { wanted: [target], given: [], value: null, adheres: null };
  if (item.cblue) {
    const { overlap, ...read } = readCblue(task, { target, prediction: text, choices });
    const value = overlap ?? (metric === 'micro-f1' ? itemF1(read) : sameItems(read));
    return { ...read, value };
  }
  if (isMultipleChoice(item)) {
    const read = { wanted: rightLetters(item), given: [...text].sort() };
    const adheres = written === null ? null : statedLetters(written, choices).length > 0;
    return { ...read, value: sameItems(read), adheres };
  }
  if (metric === 'rouge-l') {
    const value = rougeL(target, text);
    return { wanted: [target], given: [text], value, adheres: text.trim() !== '' };
  }
  if (metric === 'micro-f1') {
    const read = { wanted: [...(parseItems(target) ?? [])], given: [...(parseItems(text) ?? [])] };
    const types = itemTypes(text);
    const adheres = [...itemTypes(target)].every((type) => types.has(type));
    return { ...read, value: itemF1(read), adheres };
  }
  const label = statedLabel(text, labels);
  const read = { wanted: [target], given: [label ?? NO_LABEL] };
  return { ...read, value: sameItems(read), adheres: label !== null };
}

type Compared = Pick<Reading, 'wanted' | 'given'>;

/** 1 for every right item and no wrong one; 0 where nothing is wanted. */
function sameItems({ wanted, given }: Compared): number {
  return wanted.length > 0 &&
    wanted.length === given.length &&
    wanted.every((item, i) => item === given[i])
    ? 1
    : 0;
}

/** F1 of one item's set; an empty answer is fully right where nothing is wanted. */
function itemF1({ wanted, given }: Compared): number {
  const [right, offered] = [new Set(wanted), new Set(given)];
  if (right.size === 0 && offered.size === 0) return 1;
  const common = [...offered].filter((item) => right.has(item)).length;
  return microF1(common, offered.size, right.size).f1;
}

export interface AnswerScore {
  readonly score: number;
  /** Share of answers that parse at all; null where none was written. */
  readonly formatAdherence: number | null;
}

/** Scores the answers of one task by its metric. */
export function scoreAnswers(
  task: Pick<TaskItems, 'task' | 'metric' | 'items'>,
  answers: readonly ItemAnswer[],
): AnswerScore {
  const readings = readAnswers(task, answers);
  return {
    score: scoreSample(sampleOf(task.metric, readings)).f1,
    formatAdherence: adherenceOf(readings),
  };
}

/** Share of the written answers that have the required form; null where none was written. */
export function adherenceOf(readings: readonly Reading[]): number | null {
  const written = readings.flatMap(({ adheres }) => (adheres === null ? [] : [adheres]));
  if (written.length === 0) return null;
  return written.filter(Boolean).length / written.length;
}

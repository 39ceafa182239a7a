/** Questions with known answers, and the file rows that hold them. */
import { rowFault, RowFault } from '../../faults/row-fault.ts';
import { DATA_KINDS, type DataKind } from '../../formats/records/record-types.ts';
import { isJsonObject } from '../../formats/texts/json.ts';
import type { JsonObject, JsonValue } from '../../formats/texts/json.ts';
import { cblueMetric } from './cblue.ts';
import { parseItems } from './answers/list-answers.ts';
import { metrics, type Metric, type ReferenceLoss } from './answers/reading.ts';
import { statedLetters } from './answers/stated-answer.ts';

export interface EvaluationItem {
  readonly task: string;
  readonly kind: DataKind;
  readonly metric: Metric;
  readonly prompt: string;
  readonly answer: string;
  readonly choices?: readonly string[] | undefined;
  /** The letter of the option “I do not know”, where that is offered: never the right one. */
  readonly unsure?: string;
  /** The part of its task to which it belongs (a medical subject), where its file says so. */
  readonly subject?: string;
  /** The released CBLUE scorer's rules for this task parse the answers. */
  readonly cblue?: boolean;
  /** Where lm-eval's task of this name asks it: the prompt is plain text, in no chat template. */
  readonly harness?: HarnessPart;
}

/** What lm-eval compares after the prompt of a question. */
export interface HarnessPart {
  /** The answers that the letters of the choices stand for. */
  readonly options: readonly string[];
  /** Whether acc_norm is reported, too. */
  readonly norm: boolean;
  /** Examples above the question. */
  readonly shots: number;
  /** The question alone, without examples. */
  readonly question: string;
  /** The row of the file. */
  readonly row: JsonObject;
}

export type ReadItem =
  | { readonly ok: true; readonly item: EvaluationItem }
  | { readonly ok: false; readonly fault: RowFault };

const NEEDED = ['task', 'kind', 'metric', 'prompt', 'answer'] as const;
const LONGEST_NAME = 200;

/** Whether a row is a question in the studio's own shape, which says how it is scored. */
function isOwn(row: JsonObject): boolean {
  return row['metric'] !== undefined && row['prompt'] !== undefined;
}

function isCblue(row: JsonObject): boolean {
  const { task_dataset: task, input } = row;
  return typeof task === 'string' && cblueMetric(task) !== null && input !== undefined;
}

/** A null field counts as absent. */
function withoutNulls(row: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null));
}

/**
 * Reads a row of an evaluation file: `task`, `kind`, `metric`, `prompt`, `answer` and, where the answer is one
 * of a few, `choices` (option letters, or labels in words); where several options are right, `answer` holds
 * all their letters. Also reads a row of PromptCBLUE, whose task decides how it is scored. Null for other
 * rows, unless `own` says that the file has this shape.
 */
export function readEvaluationRow(value: JsonValue, own = false): ReadItem | null {
  if (!isJsonObject(value)) return null;
  // The fields of a row decide its shape; a null field only counts as absent.
  const cblue = isCblue(value);
  if (!cblue && !isOwn(value) && !own) return null;
  try {
    const row = withoutNulls(value);
    return { ok: true, item: cblue ? cblueItem(row) : ownItem(row) };
  } catch (fault) {
    if (fault instanceof RowFault) return { ok: false, fault };
    throw fault;
  }
}

function ownItem(row: JsonObject): EvaluationItem {
  const missing = NEEDED.filter((field) => row[field] === undefined && field !== 'answer');
  if (missing.length > 0) {
    throw rowFault('missing-field', { field: missing.join(', ') });
  }
  const item: EvaluationItem = {
    task: textOf(row, 'task').slice(0, LONGEST_NAME),
    kind: oneOf(row, 'kind', DATA_KINDS),
    metric: oneOf(row, 'metric', metrics),
    prompt: textOf(row, 'prompt'),
    answer: answerOf(row, 'answer'),
    ...choicesOf(row, 'choices', 2),
    ...subjectOf(row),
  };
  checkAnswer(item, 'answer');
  return item;
}

function cblueItem(row: JsonObject): EvaluationItem {
  const task = textOf(row, 'task_dataset');
  const { choices = [] } = choicesOf(row, 'answer_choices', 1);
  const item: EvaluationItem = {
    task,
    kind: 'alignment',
    metric: cblueMetric(task) ?? 'micro-f1',
    prompt: textOf(row, 'input'),
    answer: answerOf(row, 'target'),
    choices,
    cblue: true,
  };
  checkAnswer(item, 'target');
  return item;
}

/** @throws RowFault where an item's reference cannot tell right answers from wrong */
function checkAnswer(item: EvaluationItem, field: string): void {
  const fault = answerFault(item, field);
  if (fault) throw fault;
}

/** Why an item's reference cannot serve as one; null where it can. */
export function answerFault(item: EvaluationItem, field: string): RowFault | null {
  const { answer, metric, cblue = false } = item;
  const shown = answer.trim().slice(0, 40);
  const data = { field, found: shown };
  if (!hasAnswer(item)) return rowFault('no-answer', data);
  if (cblue) return null;
  if (isMultipleChoice(item) && rightLetters(item).length === 0) {
    return rowFault('answer-no-choice', data);
  }
  if (metric === 'micro-f1' && parseItems(answer) === null) {
    return rowFault('answer-no-items', data);
  }
  return null;
}

/** Whether there is anything to compare an answer with. */
export function hasAnswer({ answer }: Pick<EvaluationItem, 'answer'>): boolean {
  return answer.trim() !== '';
}

function textOf(row: JsonObject, field: string): string {
  const value = row[field];
  if (value === undefined) throw rowFault('missing-field', { field });
  if (typeof value !== 'string') throw rowFault('wrong-type', { field, due: 'text' });
  if (value.trim() === '') throw rowFault('missing-field', { field, detail: 'empty' });
  return value;
}

/** Names of the column that holds a question's subject: the studio's own, and MedMCQA's. */
const SUBJECT_FIELDS = ['subject', 'subject_name'] as const;

/** The subject of a question; a value that is no text names none. */
function subjectOf(row: JsonObject): Pick<EvaluationItem, 'subject'> {
  for (const field of SUBJECT_FIELDS) {
    const value = row[field];
    if (typeof value === 'string' && value.trim() !== '') {
      return { subject: value.trim().slice(0, LONGEST_NAME) };
    }
  }
  return {};
}

/** A text, a number or a truth value; a list of texts gives them all. */
function answerOf(row: JsonObject, field: string): string {
  const value = row[field];
  if (value === undefined) return '';
  const parts: readonly JsonValue[] = Array.isArray(value) ? value : [value];
  return parts
    .map((part) => {
      if (typeof part === 'string') return part;
      if (typeof part === 'number' || typeof part === 'boolean') return String(part);
      throw rowFault('wrong-type', { field, due: 'text' });
    })
    .join(', ');
}

function oneOf<T extends string>(row: JsonObject, field: string, known: readonly T[]): T {
  const value = row[field];
  const found = known.find((name) => name === value);
  if (found !== undefined) return found;
  const shown = (typeof value === 'string' ? value : JSON.stringify(value)).slice(0, 40);
  const allowed = known.join(', ');
  throw rowFault('unknown-value', { field, found: shown, allowed });
}

/** Choices, where there are any: null, an empty text and an empty list count as none. */
function choicesOf(
  row: JsonObject,
  field: string,
  least: number,
): { readonly choices?: readonly string[] } {
  const value = row[field];
  if (value === undefined || value === '') return {};
  if (!Array.isArray(value)) throw rowFault('wrong-type', { field, due: 'texts' });
  const given = (value as readonly JsonValue[]).filter(
    (choice) => choice !== null && choice !== '',
  );
  const texts = given.map((choice) => {
    if (typeof choice === 'string') return choice;
    if (typeof choice === 'number' || typeof choice === 'boolean') return String(choice);
    throw rowFault('wrong-type', { field, due: 'texts' });
  });
  if (texts.length === 0) return {};
  if (texts.length < least) throw rowFault('wrong-type', { field, due: 'choices' });
  return { choices: texts };
}

/** The question alone: the prompt without the examples above it. */
export function askedOf({ prompt, harness }: EvaluationItem): string {
  return harness?.question ?? prompt;
}

export interface TaskItems {
  readonly task: string;
  readonly kind: EvaluationItem['kind'];
  readonly metric: EvaluationItem['metric'];
  readonly items: readonly EvaluationItem[];
  /** Places of these items among all items. */
  readonly places: readonly number[];
}

/** Items by task, in the order in which tasks first occur. A task keeps its first kind and metric. */
export function groupByTask(items: readonly EvaluationItem[]): TaskItems[] {
  const groups = new Map<string, { first: EvaluationItem; places: number[] }>();
  for (const [place, item] of items.entries()) {
    const group = groups.get(item.task);
    if (group) group.places.push(place);
    else groups.set(item.task, { first: item, places: [place] });
  }
  return [...groups].map(([task, { first, places }]) => ({
    task,
    kind: first.kind,
    metric: first.metric,
    items: places.flatMap((place) => items[place] ?? []),
    places,
  }));
}

/** Whether letters name the options. Labels in words (yes, no, …) are answers to be written. */
export function isMultipleChoice({ metric, choices }: EvaluationItem): boolean {
  return metric === 'accuracy' && (choices?.every((choice) => /^[A-Z]$/.test(choice)) ?? false);
}

/** Letters of the right options: one, or several of a question with several right answers. */
export function rightLetters({ answer, choices = [] }: EvaluationItem): string[] {
  if (/^[A-Z]+$/.test(answer)) {
    const letters = [...new Set(answer)].sort();
    return letters.every((letter) => choices.includes(letter)) ? letters : [];
  }
  return statedLetters(answer, choices);
}

/** How many options may be right. */
export function optionCount({ choices = [], unsure }: EvaluationItem): number {
  return choices.length - (unsure === undefined ? 0 : 1);
}

/** What a model answered to one item. */
export interface ItemAnswer {
  /** The part to score: the text, or the letters of the chosen options. */
  readonly text: string;
  /** The text written before a letter was chosen; null where there was none, or the text itself is scored. */
  readonly written: string | null;
  /** The limit on tokens ended the answer, not the model; absent where the model ended it, or nobody noted it. */
  readonly cut?: true;
  /**
   * Log-likelihood of each option in the order of the choices, where likelihood decided; answers of earlier versions do
   * not have it.
   */
  readonly options?: readonly number[];
  /** Of each of them, whether the model would write it greedily; answers of earlier versions do not have it. */
  readonly greedy?: readonly boolean[];
  /** −log p of the reference, where it was measured. */
  readonly reference: ReferenceLoss | null;
}

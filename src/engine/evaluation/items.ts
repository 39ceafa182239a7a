/** Questions with known answers: evaluation files, and what is read in an answer to one of them. */
import { z } from 'zod';
import { cblueMetric, readCblue } from './cblue.ts';
import { microF1, rougeL } from './metrics.ts';
import { metrics, type Metric, type Reading, type ReferenceLoss } from './reading.ts';
import { sampleOf, scoreSample } from './sample.ts';

/**
 * One line of an evaluation file: `task`, `kind`, `metric`, `prompt`, `answer` and, where the answer is one
 * of a few, `choices` (option letters, or labels in words). Where several options are right, `answer` holds
 * all their letters.
 */
const itemSchema = z.object({
  task: z.string().min(1).max(200),
  kind: z.enum(['knowledge', 'alignment']),
  metric: z.enum(metrics),
  prompt: z.string().min(1),
  answer: z.string(),
  choices: z.array(z.string().min(1)).min(2).max(1000).optional(),
});

/** A row of PromptCBLUE; its task decides how it is scored. */
const cblueSchema = z.object({
  task_dataset: z.string().refine((name) => cblueMetric(name) !== null, 'is no task of CBLUE'),
  input: z.string().min(1),
  target: z.string(),
  answer_choices: z.union([z.array(z.string()), z.literal('')]).optional(),
});

export interface EvaluationItem {
  readonly task: string;
  readonly kind: 'knowledge' | 'alignment';
  readonly metric: Metric;
  readonly prompt: string;
  readonly answer: string;
  readonly choices?: readonly string[] | undefined;
  /** Answers are parsed by the released CBLUE scorer's rules for this task. */
  readonly cblue?: boolean;
}

export type ReadItem =
  | { readonly ok: true; readonly item: EvaluationItem }
  | { readonly ok: false; readonly field: string; readonly reason: string };

/** Reads one line of an evaluation file, in the studio's own shape or PromptCBLUE's. */
export function readEvaluationItem(value: unknown): ReadItem {
  const isCblue = typeof value === 'object' && value !== null && 'task_dataset' in value;
  const parsed = isCblue ? cblueSchema.safeParse(value) : itemSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return { ok: false, field: issue?.path.join('.') ?? '', reason: issue?.message ?? 'is wrong' };
  }
  const { data } = parsed;
  if (!('task_dataset' in data)) return { ok: true, item: data };
  const { task_dataset: task, input, target, answer_choices: choices } = data;
  const item: EvaluationItem = {
    task,
    kind: 'alignment',
    metric: cblueMetric(task) ?? 'micro-f1',
    prompt: input,
    answer: target,
    choices: Array.isArray(choices) ? choices : [],
    cblue: true,
  };
  return { ok: true, item };
}

/**
 * Items of a list answer such as `chemical: a; b` / `disease: c`, one line per type: `type⇥item`, lower
 * case, trimmed. Null where no line has the form of one.
 */
export function parseItems(text: string): Set<string> | null {
  const found = new Set<string>();
  let lines = 0;
  for (const line of text.split('\n')) {
    const match = /^\s*([^:：\n]{1,40})[:：](.*)$/.exec(line);
    if (!match) continue;
    lines += 1;
    const [, type = '', list = ''] = match;
    for (const item of list.split(/[;；]/)) {
      const name = normalise(item);
      if (name !== '' && name !== 'none') found.add(`${normalise(type)}\t${name}`);
    }
  }
  return lines === 0 ? null : found;
}

/** Types of a list answer, to tell an answer in the wanted format from any text with a colon. */
function itemTypes(text: string): Set<string> {
  const types = text.split('\n').map((line) => normalise(line.split(/[:：]/)[0] ?? ''));
  return new Set(types.filter((type) => type !== ''));
}

function normalise(text: string): string {
  return text
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/[.。]+$/, '')
    .toLowerCase();
}

/**
 * The label that an answer gives: the answer itself where it is one of the labels, else a first line or
 * a closing "… is X" that is. Null where it gives none.
 */
export function parseLabel(text: string, labels: ReadonlySet<string>): string | null {
  const byForm = new Map([...labels].map((label) => [normalise(label), label]));
  const [firstLine = ''] = text.trim().split('\n');
  const said = /(?:answer|section|label|decision)\s+is:?\s+(.+)$/i.exec(firstLine)?.[1];
  for (const candidate of [text, firstLine, said ?? '']) {
    const label = byForm.get(normalise(candidate));
    if (label !== undefined) return label;
  }
  return null;
}

export interface TaskItems {
  readonly task: string;
  readonly kind: EvaluationItem['kind'];
  readonly metric: EvaluationItem['metric'];
  readonly items: readonly EvaluationItem[];
  /** Where these stand among all items. */
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

/** Options named by letters. Labels in words (yes, no, …) are answers to be written. */
export function isMultipleChoice({ metric, choices }: EvaluationItem): boolean {
  return metric === 'accuracy' && (choices?.every((choice) => /^[A-Z]$/.test(choice)) ?? false);
}

/** Letters of the right options: one, or several of a question with several right answers. */
export function rightLetters({ answer }: EvaluationItem): string[] {
  return [...new Set(answer.match(/[A-Z]/g) ?? [])].sort();
}

/** What a model answered to one item. */
export interface ItemAnswer {
  /** What is scored: the text, or the letters of the chosen options. */
  readonly text: string;
  /** What was written before a letter was chosen; null where none was, or the text itself is scored. */
  readonly written: string | null;
  /** −log p of the reference, where it was measured. */
  readonly reference: ReferenceLoss | null;
}

/** An answer that is none of the labels: it is wrong, and it is a label of its own for F1. */
const NO_LABEL = '';

/**
 * Reads the answers of one task. Labels are the items' choices and right answers. Format adherence: for
 * list answers, a line "type: …" of every wanted type is there; for labels, one of them is given; for a
 * written choice, it ends in "The answer is X"; for free text, anything at all is there.
 */
export function readAnswers(
  { task, metric, items }: Pick<TaskItems, 'task' | 'metric' | 'items'>,
  answers: readonly ItemAnswer[],
): Reading[] {
  const labels = new Set(items.flatMap(({ answer, choices = [] }) => [answer, ...choices]));
  return items.map((item, i) => {
    const given = answers[i] ?? { text: '', written: null, reference: null };
    return { ...readAnswer(task, metric, item, given, labels), reference: given.reference };
  });
}

function readAnswer(
  task: string,
  metric: Metric,
  item: EvaluationItem,
  { text, written }: ItemAnswer,
  labels: ReadonlySet<string>,
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
  const label = parseLabel(text, labels);
  const read = { wanted: [target], given: [label ?? NO_LABEL] };
  return { ...read, value: sameItems(read), adheres: label !== null };
}

type Compared = Pick<Reading, 'wanted' | 'given'>;

/** Every right one and no wrong one. */
function sameItems({ wanted, given }: Compared): number {
  return wanted.length === given.length && wanted.every((item, i) => item === given[i]) ? 1 : 0;
}

/** F1 of one item's set; an empty answer where nothing is wanted is all right. */
function itemF1({ wanted, given }: Compared): number {
  const [right, offered] = [new Set(wanted), new Set(given)];
  if (right.size === 0 && offered.size === 0) return 1;
  const common = [...offered].filter((item) => right.has(item)).length;
  return microF1(common, offered.size, right.size).f1;
}

/** Letters that a written answer names at its last "The answer is …" / "答案为…"; none where it says none. */
export function statedLetters(written: string, choices: readonly string[]): string[] {
  const form =
    /(?:answers?\s+(?:is|are)|答案[为是])\s*[:：]?\s*((?:[A-Z](?![a-z])(?:\s*(?:[,，、;；&]|and|和)?\s*(?=[A-Z]))?)+)/g;
  const said = [...written.matchAll(form)].at(-1)?.[1] ?? '';
  const letters = [...new Set(said.match(/[A-Z]/g) ?? [])].sort();
  return letters.every((letter) => choices.includes(letter)) ? letters : [];
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

/** Share of the written answers that have the form that was asked for; null where none was written. */
export function adherenceOf(readings: readonly Reading[]): number | null {
  const written = readings.flatMap(({ adheres }) => (adheres === null ? [] : [adheres]));
  if (written.length === 0) return null;
  return written.filter(Boolean).length / written.length;
}

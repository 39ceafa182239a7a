import { z } from 'zod';
import { cblueMetric, scoreCblue } from './cblue.ts';
import { mean, microF1, labelF1, rougeL, accuracy } from './metrics.ts';

/**
 * A question with a known answer: `task`, `kind`, `metric`, `prompt`, `answer` and, where the answer is
 * one of a few, `choices` (option letters, or labels in words).
 */
const itemSchema = z.object({
  task: z.string().min(1).max(200),
  kind: z.enum(['knowledge', 'alignment']),
  metric: z.enum(['accuracy', 'micro-f1', 'macro-f1', 'rouge-l']),
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
  readonly metric: 'accuracy' | 'micro-f1' | 'macro-f1' | 'weighted-f1' | 'rouge-l';
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
}

/** Items by task, in the order in which tasks first occur. A task keeps its first kind and metric. */
export function groupByTask(items: readonly EvaluationItem[]): TaskItems[] {
  const groups = new Map<string, { first: EvaluationItem; items: EvaluationItem[] }>();
  for (const item of items) {
    const group = groups.get(item.task);
    if (!group) groups.set(item.task, { first: item, items: [item] });
    else group.items.push(item);
  }
  return [...groups].map(([task, { first, items: members }]) => ({
    task,
    kind: first.kind,
    metric: first.metric,
    items: members,
  }));
}

export interface AnswerScore {
  readonly score: number;
  /** Share of answers that parse at all. */
  readonly formatAdherence: number;
}

/** An answer that is none of the labels: it is wrong, and it is a label of its own for F1. */
const NO_LABEL = '';

/**
 * Scores generated answers of one task. Labels are the items' choices and right answers.
 * Format adherence: for list answers, every line "type: …" of the wanted types is there; for labels, one
 * of them is given; for free text, anything at all is.
 */
export function scoreAnswers(task: TaskItems, answers: readonly string[]): AnswerScore {
  const { items, metric } = task;
  if (items.every(({ cblue }) => cblue)) return scoreCblueAnswers(task, answers);
  const references = items.map(({ answer }) => answer);
  if (metric === 'rouge-l') {
    const scores = references.map((reference, i) => rougeL(reference, answers[i] ?? ''));
    const given = answers.filter((answer) => answer.trim() !== '').length;
    return { score: mean(scores), formatAdherence: given / Math.max(1, items.length) };
  }
  if (metric === 'micro-f1') {
    const wanted = references.map((reference) => parseItems(reference) ?? new Set<string>());
    const given = answers.map((answer) => parseItems(answer) ?? new Set<string>());
    const adhering = references.filter((reference, i) => {
      const types = itemTypes(answers[i] ?? '');
      return [...itemTypes(reference)].every((type) => types.has(type));
    });
    return {
      score: microF1(wanted, given).f1,
      formatAdherence: adhering.length / Math.max(1, items.length),
    };
  }
  const labels = new Set([...references, ...items.flatMap(({ choices = [] }) => choices)]);
  const parsed = answers.map((answer) => parseLabel(answer, labels));
  const given = parsed.map((label) => label ?? NO_LABEL);
  const average = metric === 'weighted-f1' ? 'weighted' : 'macro';
  const score =
    metric === 'accuracy' ? accuracy(references, given) : labelF1(references, given, average).f1;
  const adhering = parsed.filter((label) => label !== null).length;
  return { score, formatAdherence: adhering / Math.max(1, items.length) };
}

function scoreCblueAnswers({ task, items }: TaskItems, answers: readonly string[]): AnswerScore {
  const rows = items.map(({ answer, choices = [] }, i) => {
    return { target: answer, prediction: answers[i] ?? '', choices };
  });
  const { score, formatAdherence } = scoreCblue(task, rows);
  return { score: score.f1, formatAdherence };
}

/** Guesses whether a set carries knowledge or alignment. */
import { closedAnswers } from './closed-answers.ts';
import type { ChatRecord, DataKind } from './record-types.ts';

/** Records of a set that are looked at; more do not change the answer. */
const SAMPLE = 1000;
const OPENING_LENGTH = 40;

/** Records spread evenly over a set, at most `count`. */
function spread(records: readonly ChatRecord[], count: number): readonly ChatRecord[] {
  if (records.length <= count) return records;
  const step = records.length / count;
  return Array.from({ length: count }, (_, i) => records[Math.floor(i * step)]).filter(
    (record) => record !== undefined,
  );
}

const firstQuestion = ({ messages }: ChatRecord): string =>
  messages.find(({ role }) => role === 'user')?.content ?? '';
const lastAnswer = ({ messages }: ChatRecord): string =>
  messages.findLast(({ role }) => role === 'assistant')?.content.trim() ?? '';

/** An option of a question, at the beginning of a line: "A. Aspirin", "(B) …", "C、…". */
const OPTION = /^[ \t]*[(（]?([A-Z])[)）.．、:：]/gmu;
/** An answer that names options: "B", "ACD", "A, C", "B. Pancreas". */
const NAMED = /^[(（]?([A-Z](?:[,，、 ]*[A-Z])*)(?![\w'’])/u;

/** Whether a record is an exam question: options under letters, and an answer that names some of them. */
function isExamQuestion(record: ChatRecord): boolean {
  const letters = [...firstQuestion(record).matchAll(OPTION)].map(([, letter]) => letter ?? '');
  const [, named = ''] = NAMED.exec(lastAnswer(record)) ?? [];
  const wanted = named.replaceAll(/[^A-Z]/g, '');
  if (wanted === '' || !letters.includes('A') || !letters.includes('B')) return false;
  return [...wanted].every((letter) => letters.includes(letter));
}

/** How often each text occurs. */
function counts(texts: readonly string[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const text of texts) found.set(text, (found.get(text) ?? 0) + 1);
  return found;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);

/**
 * Guesses whether a set is knowledge-intensive (questions all different, answers in free text) or
 * alignment-required (the same instruction over and over, or answers from a small set). Exam questions with lettered
 * options ask for knowledge, as in the paper. Where the file itself states its kind, that counts.
 */
export function guessKind(records: readonly ChatRecord[]): DataKind {
  const sample = spread(records, SAMPLE);
  const declared = sample.filter(({ kind }) => kind !== undefined);
  if (declared.length > sample.length / 2) {
    const aligned = declared.filter(({ kind }) => kind === 'alignment').length;
    return aligned * 2 >= declared.length ? 'alignment' : 'knowledge';
  }
  if (sample.length === 0) return 'knowledge';
  if (sample.filter(isExamQuestion).length * 2 > sample.length) return 'knowledge';
  const labelled = sample.filter(({ answerChoices }) => answerChoices !== undefined).length;
  if (labelled * 2 > sample.length) return 'alignment';

  // A set of a few rows says nothing about repetition.
  const often = Math.max(3, sample.length * 0.02);
  const openings = counts(sample.map((record) => firstQuestion(record).slice(0, OPENING_LENGTH)));
  const repeated = [...openings.values()].filter((count) => count >= often);
  if (sum(repeated) * 2 > sample.length) return 'alignment';

  if (closedAnswers(sample.map(lastAnswer)) !== null) return 'alignment';
  // A stray answer or two among hundreds of "yes" and "no" change nothing.
  const answers = counts(sample.map((record) => lastAnswer(record).toLowerCase()));
  const usual = [...answers.values()].filter((count) => count >= 3);
  const fewAnswers =
    sample.length >= 10 && usual.length <= sample.length * 0.1 && sum(usual) >= sample.length * 0.9;
  return fewAnswers ? 'alignment' : 'knowledge';
}

/** Name of a record's task: the record's, else the data set's. */
export function taskOf(record: ChatRecord, dataSetName: string): string {
  return record.task ?? dataSetName;
}

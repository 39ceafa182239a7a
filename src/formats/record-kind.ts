import type { ChatRecord, RecordKind } from './record-types.ts';

/** How much of a set is looked at; more does not change the answer. */
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

/**
 * Guesses whether a set is knowledge-intensive (questions all different, answers in free text) or
 * alignment-required (the same instruction over and over, or answers from a small set). A file that says
 * so itself is believed.
 */
export function guessKind(records: readonly ChatRecord[]): RecordKind {
  const sample = spread(records, SAMPLE);
  const declared = sample.filter(({ kind }) => kind !== undefined);
  if (declared.length > sample.length / 2) {
    const aligned = declared.filter(({ kind }) => kind === 'alignment').length;
    return aligned * 2 >= declared.length ? 'alignment' : 'knowledge';
  }
  if (sample.length === 0) return 'knowledge';
  const labelled = sample.filter(({ answerChoices }) => answerChoices !== undefined).length;
  if (labelled * 2 > sample.length) return 'alignment';

  // A set of a few rows says nothing about repetition.
  const openings = new Map<string, number>();
  for (const record of sample) {
    const opening = firstQuestion(record).slice(0, OPENING_LENGTH);
    openings.set(opening, (openings.get(opening) ?? 0) + 1);
  }
  const often = Math.max(3, sample.length * 0.02);
  let repeated = 0;
  for (const count of openings.values()) if (count >= often) repeated += count;
  if (repeated * 2 > sample.length) return 'alignment';

  const answers = new Set(sample.map((record) => lastAnswer(record).toLowerCase()));
  const fewAnswers = sample.length >= 10 && answers.size <= sample.length * 0.1;
  return fewAnswers ? 'alignment' : 'knowledge';
}

/** Name of a record's task: its own, or the data set's. */
export function taskOf(record: ChatRecord, dataSetName: string): string {
  return record.task ?? dataSetName;
}

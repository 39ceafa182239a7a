/** Turns imported records into questions that can be scored. */
import { rowFault } from '../../../faults/row-fault.ts';
import { closedAnswers, codedAnswers, labelForm } from '../../../formats/records/closed-answers.ts';
import type { ChatRecord } from '../../../formats/records/record-types.ts';
import { answerFault, groupByTask, type EvaluationItem, type ReadItem } from '../items.ts';

const labelsIn = (answers: readonly string[]): readonly string[] | null =>
  closedAnswers(answers) ?? codedAnswers(answers);

/**
 * Questions of one file's records whose answers are labels (yes, no, maybe) or codes (N39.0), scored as such. All records
 * together, or all records of one task, show whether answers are labels.
 */
export function withLabels(items: readonly EvaluationItem[]): EvaluationItem[] {
  const open = items.filter(({ metric }) => metric === 'rouge-l');
  const whole = labelsIn(open.map(({ answer }) => answer));
  const labels = new Map<string, readonly string[] | null>();
  for (const { task, items: own } of groupByTask(open)) {
    labels.set(task, whole ?? labelsIn(own.map(({ answer }) => answer)));
  }
  return items.map((item) => {
    const choices = item.metric === 'rouge-l' ? labels.get(item.task) : null;
    const answer = choices?.find((label) => labelForm(label) === labelForm(item.answer));
    return choices && answer !== undefined
      ? { ...item, metric: 'accuracy', answer, choices }
      : item;
  });
}

/** The text of a conversation up to its first answer: what that answer is asked by. */
export function firstQuestion(messages: ChatRecord['messages']): string {
  const first = messages.findIndex(({ role }) => role === 'assistant');
  const before = messages.slice(0, first).filter(({ content }) => content.trim() !== '');
  return before.map(({ content }) => content).join('\n');
}

/**
 * A record as a question: a conversation gives its first question and the answer to it, with the system text
 * above. Accuracy scores one of several choices; overlap with the answer (ROUGE-L) scores anything else.
 * @param task its task where the record names none
 */
export function itemOfRecord(record: ChatRecord, task: string): ReadItem {
  const { messages, answerChoices: choices = [] } = record;
  const first = messages.findIndex(({ role }) => role === 'assistant');
  if (messages[first]?.train === false) {
    throw rowFault('no-target', { detail: 'first' });
  }
  const prompt = firstQuestion(messages);
  const answer = messages[first]?.content ?? '';
  const about = { task: record.task ?? task, prompt, answer };
  const lettered = choices.length > 1 && choices.every((choice) => /^[A-Z]$/.test(choice));
  const labelled = choices.length > 1 && choices.includes(answer.trim());
  const item: EvaluationItem =
    lettered || labelled
      ? { ...about, kind: lettered ? 'knowledge' : 'alignment', metric: 'accuracy', choices }
      : { ...about, kind: 'alignment', metric: 'rouge-l' };
  const fault = answerFault(item, 'answer');
  return fault
    ? { ok: false, fault }
    : { ok: true, item: { ...item, kind: record.kind ?? item.kind } };
}

/** Says in a line each what shortcut checks found, for the cards of a run. */
import type { ArchivedScore, ArchivedShortcut } from '../../contract/run-origin.ts';
import type { WardWords } from './ward-words.ts';

/** Tasks named in a line, at most. */
const NAMED = 4;

export function shortcutLine(words: WardWords, finding: ArchivedShortcut): string {
  const { shortcut, tasks, changed, items, rightBefore, rightAfter } = finding;
  const named = tasks.slice(0, NAMED).map((task) => task.slice(0, 80));
  return words.checked({
    shortcut: words.shortcuts[shortcut],
    tasks: named.join(words.list) + (tasks.length > NAMED ? '…' : ''),
    says: words.shortcutSays[finding.says](String(changed), String(items)),
    right: `${rightBefore} → ${rightAfter}`,
  });
}

/** Where one constant answer reaches what the model does. */
export function constantLine(words: WardWords, { task, score, constant }: ArchivedScore): string[] {
  if (!constant || constant.score < score) return [];
  return [words.constant(task, constant.answer, (constant.score * 100).toFixed(1))];
}

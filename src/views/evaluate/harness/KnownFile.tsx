/** What a file of one of lm-eval's tasks is for. */
import type { KnownFile as Known } from '../../../contract/evaluation.ts';
import { useEvaluation } from '../../../studio/evaluation/evaluation.ts';
import { harnessText } from './text-harness.ts';
import styles from '../FileList.module.css';

export function KnownFile({ known }: { readonly known: Known }) {
  const t = harnessText();
  const shots = useEvaluation(({ settings }) => settings.shots ?? 0);
  const { task, split, role, rows, examples } = known;
  // Alone, a file of examples is asked; beside other files of its task it is not.
  const isExamples = split !== null && split === examples;
  const lines = isExamples ? [t.examples(task, split)] : [t.asked(task, rows)];
  if (role === 'unused') return <p className={styles.example}>{t.unused(task)}</p>;
  if (shots > 0 && !isExamples && examples !== null) lines.push(t.fromSplit(examples));
  return lines.map((line) => (
    <p key={line} className={styles.example}>
      {line}
    </p>
  ));
}

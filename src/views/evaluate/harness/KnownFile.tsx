/** What a file of one of lm-eval's tasks is for. */
import type { KnownFile as Known } from '../../../contract/evaluation.ts';
import { useEvaluation } from '../../../studio/evaluation/evaluation.ts';
import { knownLines } from './known-lines.ts';
import styles from '../FileList.module.css';

export function KnownFile({ known }: { readonly known: Known }) {
  const shots = useEvaluation(({ settings }) => settings.shots ?? 0);
  return knownLines(known, shots).map((line) => (
    <p key={line} className={styles.example}>
      {line}
    </p>
  ));
}

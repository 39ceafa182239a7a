/** Says which results give one answer to nearly every question, before any score is read. */
import type { EvaluationSummary } from '../../../contract/evaluation.ts';
import { Notice } from '../../shared/Notice.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { repeatedAnswers, type Repeated } from './result-rows.ts';
import { evaluateText } from '../text.ts';
import styles from './RepeatedAnswers.module.css';

export function RepeatedAnswers({ results }: { readonly results: readonly EvaluationSummary[] }) {
  const repeated = repeatedAnswers(results);
  if (repeated.length === 0) return null;
  return (
    <div className={styles.repeated}>
      <Notice tone="warning" title={evaluateText().repeatedTitle}>
        <ul>
          {repeated.map(({ key, ...about }) => (
            <li key={key}>{wordsOf(about)}</li>
          ))}
        </ul>
      </Notice>
    </div>
  );
}

function wordsOf({ label, task, items, baseline }: Omit<Repeated, 'key'>): string {
  const t = evaluateText();
  const { answer, given, right } = baseline.favourite;
  const about = { label: seenControls(label), task, given, right, items };
  return answer === '' ? t.repeatedNothing(about) : t.repeated({ ...about, answer });
}

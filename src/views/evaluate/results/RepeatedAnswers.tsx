/** Says which results give one answer to nearly every question, before any score is read. */
import { formatInteger } from '../../shared/format.ts';
import { Notice } from '../../shared/Notice.tsx';
import { seenControls } from '../../shared/seen-controls.ts';
import { repeatedAnswers, type Repeated, type ScoreWithRepeats } from './result-rows.ts';
import { evaluateText } from '../text.ts';
import styles from './RepeatedAnswers.module.css';

export function RepeatedAnswers({ scores }: { readonly scores: readonly ScoreWithRepeats[] }) {
  const repeated = repeatedAnswers(scores);
  if (repeated.length === 0) return null;
  return (
    <div className={styles.repeated}>
      <Notice tone="warning" title={evaluateText().repeatedTitle}>
        <ul>
          {repeated.map((one) => (
            <li key={one.key}>{wordsOf(one)}</li>
          ))}
        </ul>
      </Notice>
    </div>
  );
}

function wordsOf({ labels, task, answer, given: [least, most], right, items }: Repeated): string {
  const t = evaluateText();
  const given =
    least === most ? formatInteger(least) : `${formatInteger(least)}–${formatInteger(most)}`;
  const about = { states: t.listed(labels.map(seenControls)), task, given, right, items };
  return answer === '' ? t.repeatedNothing(about) : t.repeated({ ...about, answer });
}

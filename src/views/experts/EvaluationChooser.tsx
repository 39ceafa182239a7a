/** Chooses which evaluation of the pairs is shown, which of its tasks, and which score. */
import { Trash2 } from 'lucide-react';
import { pairsText } from './text-pairs.ts';
import { useExpertPairs, shownEvaluation } from '../../studio/experts/expert-pairs.ts';
import type { PairMeasure } from '../../studio/experts/expert-figures.ts';
import { Select } from '../shared/controls/Select.tsx';
import { formatPercent, formatTime } from '../shared/format.ts';
import { Segmented } from '../shared/controls/Toggle.tsx';
import { IconButton } from '../shared/controls/Button.tsx';
import styles from './Figure4.module.css';
import textStyles from '../shared/text.module.css';

export interface EvaluationChooserProps {
  /** The measure that is shown. */
  readonly measure: PairMeasure;
  /** The accuracy of every pair, where it is the same for all. */
  readonly same: number | null;
}

export function EvaluationChooser({ measure, same }: EvaluationChooserProps) {
  const t = pairsText();
  const { evaluations, task, running, choose, setMeasure, setTask, remove } = useExpertPairs();
  const evaluation = useExpertPairs(shownEvaluation);
  if (!evaluation || !evaluations) return null;
  return (
    <div className={styles.figure4Choices}>
      {evaluations.length > 1 && (
        <Select
          size="small"
          aria-label={t.evaluation}
          value={evaluation.id}
          choices={evaluations.map(({ id, createdAt, items }) => ({
            value: id,
            label: t.evaluationName(formatTime(createdAt), items),
          }))}
          onChange={choose}
        />
      )}
      {evaluation.tasks.length > 1 && (
        <Select
          size="small"
          aria-label={t.evaluationTask}
          value={task === null ? 'all:' : `task:${task}`}
          choices={[
            { value: 'all:', label: t.allTasks },
            ...evaluation.tasks.map((name) => ({ value: `task:${name}`, label: name })),
          ]}
          onChange={(value) => setTask(value === 'all:' ? null : value.slice(5))}
        />
      )}
      {evaluation.choices > 0 ? (
        <Segmented
          size="small"
          label={t.measure}
          value={measure}
          choices={[
            { value: 'accuracy', label: t.accuracy },
            { value: 'logLikelihood', label: t.logLikelihood },
          ]}
          onChange={setMeasure}
        />
      ) : (
        <span className={textStyles.quiet}>{t.noChoice}</span>
      )}
      {!running && (
        <IconButton
          size="small"
          label={t.remove}
          icon={<Trash2 size={15} aria-hidden />}
          onClick={() => void remove(evaluation.id)}
        />
      )}
      {same !== null && (
        <p className={textStyles.quiet}>{t.sameAccuracy(formatPercent(same, 1))}</p>
      )}
    </div>
  );
}

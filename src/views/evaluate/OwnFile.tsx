/** A person's own evaluation file: what it would ask, so that it can be checked before anything is measured. */
import { X } from 'lucide-react';
import { previewFile, useEvaluation } from '../../studio/evaluation/evaluation.ts';
import type { TaskQuestions } from '../../contract/evaluation.ts';
import { IconButton } from '../shared/controls/Button.tsx';
import { formatBytes } from '../shared/format.ts';
import { ErrorNotice } from '../shared/Notice.tsx';
import { seenControls } from '../shared/seen-controls.ts';
import { Tag } from '../shared/Tag.tsx';
import { useAsync } from '../shared/use-async.ts';
import { metricText } from './text-metrics.ts';
import { evaluateText } from './text.ts';
import styles from './FileList.module.css';
import textStyles from '../shared/text.module.css';

export function OwnFile({ file }: { readonly file: File }) {
  const t = evaluateText();
  const removeFile = useEvaluation((state) => state.removeFile);
  const closed = useEvaluation(({ settings }) => settings.closed);
  const key = JSON.stringify([file.name, file.size, file.lastModified, closed]);
  const preview = useAsync(key, () => previewFile(file, closed));
  return (
    <>
      <span className={styles.own}>
        {seenControls(file.name)}{' '}
        <span className={textStyles.quiet}>
          {formatBytes(file.size)}
          {preview.status === 'ready' &&
            preview.value.leftOut > 0 &&
            ` · ${t.rowsLeftOut(preview.value.leftOut)}`}
        </span>
        {preview.status === 'loading' && (
          <span className={textStyles.quiet}> · {t.readingQuestions}</span>
        )}
        {preview.status === 'failed' && <ErrorNotice error={preview.error} />}
        {preview.status === 'ready' &&
          preview.value.tasks.map((task) => <Task key={task.task} task={task} />)}
      </span>
      <IconButton
        size="small"
        label={t.leaveOut(file.name)}
        icon={<X size={15} aria-hidden />}
        onClick={() => removeFile(file)}
      />
    </>
  );
}

/** One task of a file, and its first question on demand. */
function Task({ task: { task, kind, metric, items, ...first } }: { readonly task: TaskQuestions }) {
  const t = evaluateText();
  return (
    <details>
      <summary>
        {`${seenControls(task)} · ${t.items(items)} · ${metricText().names[metric]} `}
        <Tag tone={kind === 'knowledge' ? 'ka' : 'align'}>{t[kind]}</Tag>
      </summary>
      <p className={styles.example}>{seenControls(first.prompt)}</p>
      <p className={styles.example}>{t.referenceOf(seenControls(first.answer))}</p>
    </details>
  );
}

/** A person's own evaluation file: what it would ask, so that it can be checked before anything is measured. */
import { X } from 'lucide-react';
import { previewFile, repeatsOf, useEvaluation } from '../../studio/evaluation/evaluation.ts';
import type { FieldMapping } from '../../contract/data.ts';
import type { TaskQuestions } from '../../contract/evaluation.ts';
import { IconButton } from '../shared/controls/Button.tsx';
import { formatBytes } from '../shared/format.ts';
import { ErrorNotice, Notice } from '../shared/Notice.tsx';
import { clauses, listed } from '../shared/words/marks.ts';
import { seenControls } from '../shared/seen-controls.ts';
import { Tag } from '../shared/Tag.tsx';
import { useAsync } from '../shared/use-async.ts';
import { KnownFile } from './harness/KnownFile.tsx';
import { ownFileText } from './text-own-files.ts';
import { metricText } from './text-metrics.ts';
import { evaluateText } from './text.ts';
import styles from './FileList.module.css';
import textStyles from '../shared/text.module.css';

interface OwnFileProps {
  readonly file: File;
  /** The run whose states are asked; its data sets say how columns are read. */
  readonly runId: string | null;
}

export function OwnFile({ file, runId }: OwnFileProps) {
  const t = evaluateText();
  const removeFile = useEvaluation((state) => state.removeFile);
  const closed = useEvaluation(({ settings }) => settings.closed);
  const known = useEvaluation(({ settings }) => settings.known);
  const key = JSON.stringify([file.name, file.size, file.lastModified, closed, known, runId]);
  const preview = useAsync(key, () => previewFile(file, { closed, known }, runId));
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
        {preview.status === 'ready' &&
          preview.value.known.map((one) => <KnownFile key={one.task} known={one} />)}
        {preview.status === 'ready' &&
          preview.value.mappings.map(
            (mapping, index) => mapping && <Mapping key={index} mapping={mapping} />,
          )}
        {preview.status === 'ready' && runId !== null && <Repeats file={file} runId={runId} />}
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

/** Which columns are asked and which holds the answer. */
function Mapping({ mapping }: { readonly mapping: FieldMapping }) {
  const t = ownFileText();
  const { instruction, system, prompt, turns, input, response, choices = [], answer } = mapping;
  const named = (columns: readonly (string | undefined)[]): string =>
    listed(columns.flatMap((column) => (column === undefined ? [] : [seenControls(column)])));
  const answered = named([response, answer]);
  const parts = [
    t.asked(named([system, prompt, turns, input, ...choices])),
    ...(answered === '' ? [] : [t.answer(answered)]),
  ];
  return (
    <>
      <p className={styles.example}>{parts.join(t.joined)}</p>
      {instruction !== undefined && (
        <p className={styles.example}>{t.instruction(seenControls(instruction))}</p>
      )}
    </>
  );
}

/** Warns where questions repeat records on which the run was trained. */
function Repeats({ file, runId }: { readonly file: File; readonly runId: string }) {
  const t = ownFileText();
  const key = JSON.stringify([file.name, file.size, file.lastModified, runId]);
  const repeats = useAsync(key, () => repeatsOf(file, runId));
  if (repeats.status !== 'ready' || repeats.value.length === 0) return null;
  const found = repeats.value.map(({ dataSet, exact, near }) =>
    t.repeats(seenControls(dataSet), exact, near),
  );
  return (
    <Notice tone="warning" compact title={t.repeatedTitle}>
      {t.repeated(clauses(found))}
    </Notice>
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

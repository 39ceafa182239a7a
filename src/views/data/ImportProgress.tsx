/** How far the import is: bytes, records, time left; and Cancel, after which nothing half-done is kept. */
import { useImportProgress } from '../../studio/data/data-sets.ts';
import { cancelTask, useTasks } from '../../studio/tasks.ts';
import { formatDuration } from '../shared/format.ts';
import { Progress } from '../shared/Progress.tsx';
import { dataText } from './text.ts';

/** Before this much time has passed, the rest cannot be estimated. */
const settledMs = 1500;

export function ImportProgress({ task }: { readonly task: string }) {
  const t = dataText();
  const cancelling = useTasks(({ tasks }) => tasks[task]?.cancelling ?? false);
  const { progress } = useImportProgress();
  // The time left of an earlier import says nothing about this one.
  const event = progress?.event.task === task ? progress.event : undefined;
  const cancel = { cancelling, onCancel: () => void cancelTask(task) };
  if (event?.comparing !== undefined) {
    const label = t.comparingFile(event.file, event.place + 1, event.files);
    return <Progress label={label} fraction={event.comparing} note={t.comparingNote} {...cancel} />;
  }
  return (
    <Progress
      label={event ? t.readingFile(event.file, event.place + 1, event.files) : t.reading}
      fraction={event ? share(event.bytes, event.totalBytes) : null}
      note={
        event
          ? [
              t.readSoFar(event.bytes, event.totalBytes, event.records, event.problems),
              ...timeLeft(progress?.elapsed ?? 0, event.bytes, event.totalBytes),
            ].join(' · ')
          : ''
      }
      {...cancel}
    />
  );
}

const share = (bytes: number, total: number): number => (total === 0 ? 1 : bytes / total);

function timeLeft(elapsed: number, bytes: number, total: number): string[] {
  if (elapsed < settledMs || bytes === 0 || bytes >= total) return [];
  return [dataText().timeLeft(formatDuration((elapsed / bytes) * (total - bytes)))];
}

import { cancelTask, useTasks } from '../../studio/tasks.ts';
import { noteText } from './faults/error-text.ts';
import { Progress } from './Progress.tsx';

/** Progress of one task of the worker, with Cancel. */
export function TaskProgress({ task, label }: { readonly task: string; readonly label: string }) {
  const state = useTasks(({ tasks }) => tasks[task]);
  return (
    <Progress
      label={label}
      fraction={state?.fraction ?? null}
      note={noteText(state?.note ?? null)}
      cancelling={state?.cancelling ?? false}
      onCancel={() => void cancelTask(task)}
    />
  );
}

/** A long job in the worker, with its progress. */
import type { Note } from '../faults/catalogue.ts';
import { asStudioError, type StudioError } from '../faults/fault.ts';
import { create } from 'zustand';
import { worker } from '../worker/client.ts';

/** How far a task was at a moment. */
export interface SoFar {
  /** Milliseconds of the page's clock. */
  readonly at: number;
  /** 0 … 1 */
  readonly fraction: number;
}

/** A long job in the worker, with its progress. */
export interface TaskState {
  readonly id: string;
  readonly fraction: number | null;
  readonly note: Note | null;
  readonly cancelling: boolean;
  /** Its first progress and its latest, from which the time left follows; null before the first. */
  readonly moved: { readonly first: SoFar; readonly now: SoFar } | null;
}

function begun(id: string): TaskState {
  return { id, fraction: null, note: null, cancelling: false, moved: null };
}

interface TasksState {
  readonly tasks: Readonly<Record<string, TaskState>>;
}

/** Tasks under way, by id. */
export const useTasks = create<TasksState>()(() => ({ tasks: {} }));

function update(id: string, change: Partial<TaskState>): void {
  useTasks.setState(({ tasks }) => {
    const task = tasks[id];
    return task ? { tasks: { ...tasks, [id]: { ...task, ...change } } } : {};
  });
}

export type TaskOutcome<T> =
  | { readonly status: 'done'; readonly value: T }
  | { readonly status: 'cancelled' }
  | { readonly status: 'failed'; readonly error: StudioError };

/**
 * Runs one task of the worker under a new id and follows its progress.
 * @param start makes the call; it passes the id on as the call's `task`
 */
export async function runTask<T>(
  start: (id: string) => Promise<T>,
  onStarted?: (id: string) => void,
): Promise<TaskOutcome<T>> {
  const id = crypto.randomUUID();
  useTasks.setState(({ tasks }) => ({
    tasks: { ...tasks, [id]: begun(id) },
  }));
  onStarted?.(id);
  try {
    return { status: 'done', value: await start(id) };
  } catch (thrown) {
    const error = asStudioError(thrown);
    return error.code === 'cancelled' ? { status: 'cancelled' } : { status: 'failed', error };
  } finally {
    useTasks.setState(({ tasks }) => {
      const { [id]: _ended, ...others } = tasks;
      return { tasks: others };
    });
  }
}

/** Follows a task that the worker starts under a separate name while `work` goes on. */
export async function followTask<T>(id: string, work: () => Promise<T>): Promise<T> {
  useTasks.setState(({ tasks }) => ({
    tasks: { ...tasks, [id]: begun(id) },
  }));
  try {
    return await work();
  } finally {
    useTasks.setState(({ tasks }) => {
      const { [id]: _ended, ...others } = tasks;
      return { tasks: others };
    });
  }
}

/** Asks the worker to end a task; the task's own call then ends as cancelled. */
export async function cancelTask(id: string): Promise<void> {
  update(id, { cancelling: true });
  await worker.call('tasks.cancel', { task: id });
}

worker.subscribe((event) => {
  if (event.type === 'tasks.progress') {
    const { task, fraction, note } = event;
    const now = { at: performance.now(), fraction: fraction ?? 0 };
    const moved = useTasks.getState().tasks[task]?.moved ?? null;
    // What comes before the first progress, such as loading a model, takes its own time.
    const next = now.fraction > 0 ? { first: moved?.first ?? now, now } : moved;
    update(task, { fraction, note, moved: next });
  }
});

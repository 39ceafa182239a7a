/** Long jobs that report progress and can be cancelled. */
import type { Note } from '../../faults/catalogue.ts';
import { fault, type StudioError } from '../../faults/fault.ts';
import type { WorkerEvent } from '../../contract/contract.ts';
import type { taskCalls } from '../../contract/tasks.ts';
import type { HandlersOf } from '../dispatcher.ts';

/** A long job that a person can watch and end. */
export interface Task {
  readonly name: string;
  readonly signal: AbortSignal;
  /** Throws `cancelled` once the task was ended; called wherever the work may stop. */
  check(): void;
  /** Reports progress to the page, at most ten times a second, but always the end. */
  progress(fraction: number | null, note: Note | null): void;
}

const PROGRESS_INTERVAL_MS = 100;

export function cancelled(): StudioError {
  return fault('cancelled', {}, { kept: 'all-before' });
}

/** Tasks by the name that the page gave them. */
export class Tasks {
  readonly #running = new Map<string, AbortController>();
  readonly #emit: (event: WorkerEvent) => void;

  constructor(emit: (event: WorkerEvent) => void) {
    this.#emit = emit;
  }

  /** Runs `work` as a task; Cancel ends the task that took a name last. */
  async run<T>(name: string, work: (task: Task) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    this.#running.set(name, controller);
    let last = Number.NEGATIVE_INFINITY;
    const task: Task = {
      name,
      signal: controller.signal,
      check: () => {
        if (controller.signal.aborted) throw cancelled();
      },
      progress: (fraction, note) => {
        const now = performance.now();
        if (fraction !== 1 && now - last < PROGRESS_INTERVAL_MS) return;
        last = now;
        this.#emit({ type: 'tasks.progress', task: name, fraction, note });
      },
    };
    try {
      return await work(task);
    } finally {
      if (this.#running.get(name) === controller) this.#running.delete(name);
    }
  }

  cancel(name: string): void {
    this.#running.get(name)?.abort();
  }
}

export function taskHandlers(tasks: Tasks): HandlersOf<typeof taskCalls> {
  return {
    'tasks.cancel': async ({ task }) => {
      tasks.cancel(task);
      return null;
    },
  };
}

/** Lets waiting messages in: an await alone runs only queued microtasks. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, 0);
  });
}

/** Messages, such as Cancel, come in between at least this often. */
const BREATHE_MS = 40;

/** Lets waiting messages in at intervals, and throws where the task was ended. */
export function breathing(task: Pick<Task, 'check'> | null): () => Promise<void> {
  let breathed = performance.now();
  return async () => {
    if (performance.now() - breathed > BREATHE_MS) {
      await breathe();
      breathed = performance.now();
    }
    task?.check();
  };
}

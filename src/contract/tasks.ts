/** What page and worker say about long jobs: how far they are, and their end. */
import type { Note } from '../faults/catalogue.ts';
import { takes } from './call.ts';
import { task } from './fields.ts';

export interface TaskProgress {
  readonly task: string;
  /** 0 … 1, or null while the total is unknown. */
  readonly fraction: number | null;
  /** What the task is doing; null where the share says it all. */
  readonly note: Note | null;
}

export const taskCalls = {
  /** Ends the import, generation, evaluation or export that carries this name. */
  'tasks.cancel': takes({ task }).gives<null>(),
};

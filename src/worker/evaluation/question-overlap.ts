/** Compares the questions of an evaluation with the records on which a run trained. */
import { firstQuestion } from '../../engine/evaluation/questions/record-questions.ts';
import {
  OverlapFinder,
  type QuestionOverlap,
} from '../../engine/evaluation/trust/question-overlap.ts';
import { RecordTokens } from '../../engine/evaluation/trust/record-tokens.ts';
import { dataLock, whileInUse } from '../../storage/lock-names.ts';
import type { HeldOutRepeats } from '../../contract/evaluation.ts';
import type { Storage } from '../../storage/storage.ts';
import { breathing } from '../tasks/tasks.ts';
import type { Task } from '../tasks/tasks.ts';
import { heldOutRows, setsOf } from './run-questions.ts';

/** What the records share with the questions, and how many were compared. */
export interface ComparedRecords extends QuestionOverlap {
  readonly records: number;
}

type Stored = Pick<Storage, 'dataSets' | 'locks' | 'runs'>;

/**
 * Null where a set of the run is gone: which records it trained on is then unknown.
 * @throws StudioError `run-missing`, `cancelled`, and as reading rows does
 */
export async function overlapWithRun(
  stored: Stored,
  runId: string,
  questions: readonly string[],
  task: Task,
): Promise<ComparedRecords | null> {
  const sets = await setsOf(stored, runId);
  if (sets.length === 0) return null;
  const finder = new OverlapFinder([questions]);
  const tokens = new RecordTokens();
  const total = sets.reduce((sum, { set }) => sum + set.records, 0);
  const check = breathing(task);
  let [seen, records] = [0, 0];
  for (const { set, apart } of sets) {
    await whileInUse(stored.locks, [dataLock(set.id)], async () => {
      for await (const rows of stored.dataSets.allRows(set.id)) {
        for (const { index, messages } of rows) {
          if (apart.has(index)) continue;
          records += 1;
          tokens.read(messages);
          finder.see(tokens);
        }
        seen += rows.length;
        task.progress(seen / total, { code: 'comparing-records', done: seen, total });
        await check();
      }
    });
  }
  const [found] = finder.found;
  return found ? { ...found, records } : null;
}

/**
 * How many of the records that a run kept for validation ask nearly what a record asks that it trained on; null where a
 * set of the run is gone, or none was kept.
 * @throws StudioError as overlapWithRun
 */
export async function heldOutRepeats(
  stored: Stored,
  runId: string,
  task: Task,
): Promise<HeldOutRepeats | null> {
  const questions: string[] = [];
  for (const own of await setsOf(stored, runId)) {
    task.check();
    const rows = await heldOutRows(stored, own);
    questions.push(...rows.map(({ messages }) => firstQuestion(messages)));
  }
  if (questions.length === 0) return null;
  const found = await overlapWithRun(stored, runId, questions, task);
  return found && { heldOut: questions.length, near: found.near.size };
}

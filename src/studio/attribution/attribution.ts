/** Asks for the training records behind a phrase of an answer. */
import { worker } from '../../worker/client.ts';
import type { CallInput } from '../../contract/contract.ts';
import type { TeachingRecords } from '../../contract/chat.ts';
import { runTask, type TaskOutcome } from '../tasks.ts';

export type AskedPhrase = Omit<CallInput<'chat.teachingRecords'>, 'task'>;

/** Ranks the records of the run; the first time takes about as long as training on each of them once. */
export function teachingRecords(
  asked: AskedPhrase,
  onStarted: (task: string) => void,
): Promise<TaskOutcome<TeachingRecords>> {
  return runTask((task) => worker.call('chat.teachingRecords', { ...asked, task }), onStarted);
}

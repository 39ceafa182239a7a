/** How the prompts look on which the models of a conversation were trained: asked of the worker, and told in settings. */
import { worker } from '../../worker/client.ts';
import type { TrainedForm } from '../../contract/chat.ts';
import type { Speakers } from './chat-state.ts';

/** The run whose form counts: that of the right side, which is the trained one, else of the left. */
export function trainedRun({ left, right }: Speakers): string | null {
  return right?.state.runId ?? left?.state.runId ?? null;
}

export function trainedFormOf(runId: string): Promise<TrainedForm> {
  return worker.call('chat.trainedForm', { runId });
}

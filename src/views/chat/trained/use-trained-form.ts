/** How the prompts look on which the run in the conversation was trained. */
import type { TrainedForm } from '../../../contract/chat.ts';
import { trainedFormOf, trainedRun } from '../../../studio/chat/trained-form.ts';
import { selectedModel, useModels } from '../../../studio/models/models.ts';
import { useAsync } from '../../shared/use-async.ts';
import { useSpeakers, useStateChoices } from '../use-speakers.ts';

export interface Trained {
  /** The run that counts, where any of the two sides is of a run. */
  readonly runId: string | null;
  /** Null until it is known. */
  readonly form: TrainedForm | null;
}

export function useTrainedForm(): Trained {
  const model = useModels(selectedModel);
  const runId = trainedRun(useSpeakers(useStateChoices(), model?.id ?? null));
  const form = useAsync(runId, () => trainedFormOf(runId ?? ''));
  return { runId, form: form.status === 'ready' ? form.value : null };
}

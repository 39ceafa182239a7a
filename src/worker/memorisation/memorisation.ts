/** Answers calls about what a run remembers of its records. */
import type { memorisationCalls } from '../../contract/memorisation.ts';
import type { WorkerContext } from '../context.ts';
import type { HandlersOf } from '../dispatcher.ts';
import type { StateShelf } from '../models/state-shelf.ts';
import { leakTexts, withoutLeaks } from './leaks.ts';
import { measureMemory } from './measure.ts';
import { plant } from './plant.ts';

export function memorisationHandlers(
  context: WorkerContext,
  shelf: StateShelf,
): HandlersOf<typeof memorisationCalls> {
  const { runs } = context.storage;
  return {
    'memorisation.plant': (asked) => plant(context, asked),
    'memorisation.measure': ({ task, ...asked }) =>
      context.tasks.run(task, (running) => measureMemory(context, shelf, asked, running)),
    'memorisation.leaks': async ({ runId }) => leakTexts(context, (await runs.get(runId)).summary),
    'memorisation.leaveOut': async ({ runId }) =>
      withoutLeaks(context, (await runs.get(runId)).summary),
  };
}

/** What each precision needs and costs, and what to change so that a run fits. */
import type { Note } from '../../faults/catalogue.ts';
import { measureFormatError } from '../../engine/evaluation/format-error.ts';
import type { FormatErrorOptions } from '../../engine/evaluation/format-error.ts';
import { weightStorage } from '../../engine/model/weight-storage.ts';
import { precisionNeeds } from '../../engine/training/recipe/precision-needs.ts';
import { proposeTraining } from '../../engine/training/recipe/proposal.ts';
import { parseRecipe } from '../../engine/training/recipe/recipe.ts';
import type { PublicFiles } from '../../storage/fetch.ts';
import type { WorkerContext } from '../context.ts';
import type { HandlersOf } from '../dispatcher.ts';
import { limitItems } from '../../engine/evaluation/limit-items.ts';
import { sampleItems } from '../evaluation/evaluation-items.ts';
import type { ModelText } from '../tokens/model-text.ts';
import { PLANNED_TASKS } from './models.ts';
import type { precisionCalls } from '../../contract/models.ts';
import { breathe } from '../tasks/tasks.ts';
import type { StateShelf } from './state-shelf.ts';

/** Most sample questions on which outputs are compared. */
const COMPARED_ITEMS = 40;

const notes: Readonly<Record<Parameters<NonNullable<FormatErrorOptions['onProgress']>>[1], Note>> =
  {
    matrices: { code: 'comparing-matrices' },
    own: { code: 'own-numbers' },
    rounded: { code: 'numbers-of-precision' },
  };

export function precisionHandlers(
  context: WorkerContext,
  shelf: StateShelf,
): HandlersOf<typeof precisionCalls> {
  const { library, device, tasks, publicFiles, tokeniser } = context;
  return {
    'models.precisions': async ({ modelId, recipe }) => {
      const { config, weights } = await library.open(modelId);
      const { traits } = await device.get();
      return precisionNeeds({
        ...{ config, traits, tensors: weights.tensors, recipe: parseRecipe(recipe) },
        tasks: PLANNED_TASKS,
        pause: breathe,
      });
    },
    'models.proposals': async ({ modelId, recipe, budget, longest }) => {
      const { config, weights, summary } = await library.open(modelId);
      const { traits } = await device.get();
      return proposeTraining({
        ...{ config, traits, budget, longest, recipe: parseRecipe(recipe) },
        storage: weightStorage(weights.tensors, summary.precision, traits),
        tasks: PLANNED_TASKS,
        pause: breathe,
      });
    },
    'models.formatError': ({ modelId, precision, task }) =>
      tasks.run(task, async (running) => {
        const model = await library.open(modelId);
        const { config, weights } = model;
        const text = tokeniser.text(model, model.template(), running.signal);
        const texts = await sampleTexts(publicFiles, text);
        return device.use(async (gpu) => {
          // Models kept for chat would take the memory that this model needs.
          await shelf.clear();
          return measureFormatError({
            ...{ gpu, config, precision, texts, folder: weights },
            check: () => running.check(),
            onProgress: (fraction, doing) => running.progress(fraction, notes[doing]),
          });
        });
      }),
  };
}

/** Questions and answers of the samples as tokens, taken evenly from all tasks, without a chat template. */
async function sampleTexts(files: PublicFiles, text: ModelText): Promise<Uint32Array[]> {
  const items = limitItems(await sampleItems(files), COMPARED_ITEMS);
  return Promise.all(items.map(({ prompt, answer }) => text.encodeWithBos(`${prompt}\n${answer}`)));
}

import { StudioError } from '../errors.ts';
import type { WorkerContext } from './context.ts';
import type { Handlers } from './dispatcher.ts';
import type { RunSummary } from './protocol.ts';
import type { RunKeeper } from './run-keeper.ts';
import type { VariantShelf } from './variants.ts';

type ExpertCalls = 'experts.report' | 'experts.trace';

/** The mixture that a recipe attaches, with the name of its branch. */
function mixtureOf({ recipe }: RunSummary): { name: string; experts: number; active: number } {
  for (const branch of recipe.stages.flatMap(({ attach }) => attach)) {
    if (branch.type === 'mixture') return branch;
  }
  throw new StudioError({
    code: 'mixture-missing',
    message: 'The recipe of this run has no mixture of experts.',
    kept: 'The run as it is.',
    remedy: 'Choose a run whose recipe attaches one, as the paper’s does in stage 1.',
  });
}

export function expertHandlers(
  context: WorkerContext,
  keeper: RunKeeper,
  shelf: VariantShelf,
): Pick<Handlers, ExpertCalls> {
  const { runs } = context.storage;
  return {
    'experts.report': async ({ runId }) => {
      const { experts, active } = mixtureOf((await runs.get(runId)).summary);
      const routing = await keeper.routing(runId);
      return { runId, experts, active, counts: routing?.counts ?? [] };
    },
    'experts.trace': async ({ runId, text }) => {
      const { summary } = await runs.get(runId);
      const { name, experts } = mixtureOf(summary);
      const snapshot = summary.snapshots.findLast(({ branches }) => branches.includes(name));
      if (!snapshot) {
        throw new StudioError({
          code: 'snapshot-missing',
          message: 'The stage that trains the experts has not ended yet.',
          kept: 'The run as it is.',
          remedy: 'Wait for the stage to end; counts so far are shown above.',
          data: { runId },
        });
      }
      const variant = { modelId: summary.modelId, runId, snapshot: snapshot.id };
      return shelf.use(variant, async ({ weights, model }) => {
        const { tokenizer } = model;
        const ids = tokenizer.encodeWithBos(text);
        if (ids.length === 0) {
          throw new StudioError({
            code: 'text-empty',
            message: 'There is no text to follow through the experts.',
            remedy: 'Type a sentence.',
          });
        }
        const values = await weights.trace(ids);
        return {
          tokens: Array.from(ids, (id) => tokenizer.tokenText(id)),
          experts,
          linears: values.map(({ layer, projection, indices, weights: gates }) => ({
            layer,
            projection,
            experts: [...indices],
            weights: [...gates],
          })),
        };
      });
    },
  };
}

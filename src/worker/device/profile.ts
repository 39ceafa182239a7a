/** Profiles a training step or the decoding of a token. */
import type { PlanProfile } from '../../engine/gpu/profile.ts';
import { chromeTrace } from '../../engine/gpu/trace.ts';
import { profileDecoding } from '../../engine/inference/profile-decoding.ts';
import { profileStage } from '../../engine/training/stage/profile-stage.ts';
import { parseRecipe, type Recipe } from '../../engine/training/recipe/recipe.ts';
import { fault } from '../../faults/fault.ts';
import { modelLock, whileInUse } from '../../storage/lock-names.ts';
import { adapterName } from '../../engine/gpu/adapter-name.ts';
import { tellCompiling } from '../runs/compile-progress.ts';
import type { WorkerContext } from '../context.ts';
import type { HandlersOf } from '../dispatcher.ts';
import type { OpenModel } from '../models/open-model.ts';
import type { profileCalls, ProfileLoad, ProfileSubject } from '../../contract/device.ts';
import type { RunKeeper } from '../runs/run-keeper.ts';
import type { Task } from '../tasks/tasks.ts';
import type { StateShelf } from '../models/state-shelf.ts';

/** Timed runs of each step, and as many untimed ones: enough to tell a hiccup from the rule. */
const ROUNDS = { stage: 3, decode: 15 } as const;
/** Number of tokens before the decoded token. */
const PROMPT_TOKENS = 128;

export function profileHandlers(
  context: WorkerContext,
  keeper: RunKeeper,
  shelf: StateShelf,
): HandlersOf<typeof profileCalls> {
  const { library, device, tasks, storage } = context;
  return {
    'device.profile': ({ modelId, recipe, subject, task }) =>
      tasks.run(task, (running) =>
        keeper.aside(() =>
          whileInUse(storage.locks, [modelLock(modelId)], async () => {
            const parsed = parseRecipe(recipe);
            checkStage(parsed, subject);
            const model = await library.open(modelId);
            return device.use(async (gpu) => {
              // The profile needs the memory, and a model in use for chat would be timed too.
              await shelf.clear();
              const { title, load, profile } = await tellCompiling(gpu, running, () =>
                measure(gpu, { model, recipe: parsed, subject }, running),
              );
              const { clock, rounds, families, dispatches } = profile;
              const { name: modelName } = model.summary;
              const adapter = adapterName(gpu.adapter);
              const trace = chromeTrace(`${adapter}, ${modelName}`, [{ name: title, profile }]);
              return {
                ...{ subject, modelId, modelName, title, load, adapter },
                trace: new Blob([trace], { type: 'application/json' }),
                software: gpu.adapter.software,
                measuredAt: Date.now(),
                ...{ clock, rounds, families, dispatches },
                milliseconds: profile.milliseconds,
                wallMilliseconds: profile.wallMilliseconds,
                launchMilliseconds: profile.launchMilliseconds,
                productMilliseconds: profile.productMilliseconds,
              };
            });
          }),
        ),
      ),
  };
}

interface Measured {
  readonly title: string;
  readonly load: ProfileLoad;
  readonly profile: PlanProfile;
}

async function measure(
  gpu: Parameters<typeof profileStage>[0]['gpu'],
  {
    model: { config, weights, summary },
    recipe,
    subject,
  }: {
    readonly model: OpenModel;
    readonly recipe: Recipe;
    readonly subject: ProfileSubject;
  },
  running: Task,
): Promise<Measured> {
  const { precision } = summary;
  const onProgress = (fraction: number): void => {
    running.check();
    running.progress(fraction, { code: 'running-step' });
  };
  const rounds = ROUNDS[subject.kind];
  const common = { gpu, config, weights, precision, rounds, onProgress };
  running.progress(null, { code: 'loading-weights' });
  if (subject.kind === 'decode') {
    const promptTokens = Math.min(PROMPT_TOKENS, config.contextLength >> 1);
    const profile = await profileDecoding({ ...common, promptTokens });
    const load = { kind: 'decode', tokens: promptTokens } as const;
    return { title: 'Decoding step', load, profile };
  }
  const { stage } = subject;
  const { profile, records, tokens, targets } = await profileStage({ ...common, recipe, stage });
  const recordTokens = Math.floor(tokens / records);
  const load = { kind: 'micro-batch', records, recordTokens, targets } as const;
  const name = recipe.stages[stage]?.name ?? '';
  return { title: `Stage ${stage + 1} step: ${name}`, load, profile };
}

function checkStage({ stages }: Recipe, subject: ProfileSubject): void {
  if (subject.kind !== 'stage' || subject.stage < stages.length) return;
  throw fault(
    'profile-stage-missing',
    { stage: subject.stage, stages: stages.length },
    { kept: 'recipe' },
  );
}

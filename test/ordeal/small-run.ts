/** The run that campaigns disturb: both stages in few steps, storing everything that a run can store. */
import { quickRecipe } from '../../src/engine/training/recipe/presets.ts';
import type { Recipe } from '../../src/engine/training/recipe/recipe.ts';
import type { RunCurves, RunSummary } from '../../src/contract/runs.ts';

export const MODEL = 'stories260k';

/** Six steps of stage 1 and three of stage 2; a checkpoint every other step. */
export const recipe: Recipe = {
  ...quickRecipe(),
  name: 'Ordeal',
  batch: { records: 4, microBatchTokens: 128, maxLength: 96 },
  validation: { fraction: 0.2, maxRecords: 4, everySteps: 2 },
  samples: { prompts: 1, everySteps: 0, maxTokens: 4 },
  checkpointEverySteps: 2,
};

export const sets = [
  {
    name: 'know.jsonl',
    kind: 'knowledge',
    lines: Array.from({ length: 14 }, (_, i) =>
      JSON.stringify({ instruction: `Who is ${i}?`, input: '', output: `A cat with ${i} hats.` }),
    ),
  },
  {
    name: 'align.jsonl',
    kind: 'alignment',
    lines: Array.from({ length: 14 }, (_, i) =>
      JSON.stringify({ prompt: `Is ${i} even?`, response: i % 2 === 0 ? 'yes' : 'no' }),
    ),
  },
] as const;

/** What of the curves must be the same bit for bit, as text. */
export function computed({ steps, validation }: RunCurves): string {
  const bare = steps.map(({ milliseconds: _time, ...step }) => step);
  return JSON.stringify({ steps: bare, validation });
}

/** Where two curves part, in words; empty where they are the same. */
export function difference(expected: RunCurves, found: RunCurves): string {
  if (computed(expected) === computed(found)) return '';
  const [steps, wanted] = [found.steps.length, expected.steps.length];
  if (steps !== wanted) return `${steps} steps of ${wanted}`;
  const other = expected.steps.findIndex((step, i) => {
    const one = computed({ steps: [step], validation: [] });
    return one !== computed({ steps: found.steps.slice(i, i + 1), validation: [] });
  });
  if (other >= 0) {
    const [a, b] = [expected.steps[other], found.steps[other]];
    return `step ${other} has loss ${b?.nll}, undisturbed ${a?.nll}`;
  }
  return `validation differs: ${found.validation.length} points of ${expected.validation.length}`;
}

/** What a run that ended is, beside its curves. */
export function endOfRun({ state, snapshots, stages, error }: RunSummary): string {
  return JSON.stringify({
    state,
    snapshots: snapshots.map(({ id }) => id),
    stages: stages.map(({ steps, stepsDone, records }) => [steps, stepsDone, records]),
    error: error?.code ?? null,
  });
}

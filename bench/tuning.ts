/** Times the kernel variants a model needs, as the studio does. */
import type { Gpu } from '../src/engine/gpu/device.ts';
import type { ModelConfig } from '../src/engine/model/config.ts';
import { modelNeeds } from '../src/engine/tuning/model-needs.ts';
import {
  isDecided,
  type TunedCandidate,
  type TunedClass,
  type TuningRecord,
} from '../src/engine/tuning/record.ts';
import { tune } from '../src/engine/tuning/tuner.ts';
import type { Recipe } from '../src/engine/training/recipe/recipe.ts';
import { table } from './profile-report.ts';

/** Times the kernel variants that a model needs by a recipe, prints them and gives back what was found. */
export async function tuneDevice(
  gpu: Gpu,
  config: ModelConfig,
  recipe: Recipe,
  seconds: number,
): Promise<TuningRecord> {
  const needs = modelNeeds(config, recipe, gpu.traits);
  const found = await tune(gpu, needs, { budget: 1000 * seconds, bound: Infinity });
  const inSeconds = (milliseconds = 0): string => `${(milliseconds / 1000).toFixed(1)} s`;
  console.log(
    `\nKernel choices: ${found.classes.filter(isDecided).length} of ${needs.length} classes in ` +
      `${inSeconds(found.milliseconds)}, compiling and checking ${inSeconds(found.checking)}`,
  );
  table([
    ['class', 'timed at', 'chosen', 'candidates'],
    ...found.classes.map(({ kernelClass, shape, chosen, candidates }) => [
      kernelClass,
      timedAt(shape),
      chosen,
      [...candidates].sort(byTime).map(words).join(', '),
    ]),
  ]);
  return found;
}

const byTime = (a: TunedCandidate, b: TunedCandidate): number =>
  (a.milliseconds ?? Infinity) - (b.milliseconds ?? Infinity);

function words({ variant, state, milliseconds }: TunedCandidate): string {
  return milliseconds === null ? `${variant} ${state}` : `${variant} ${milliseconds.toFixed(3)} ms`;
}

/** The sizes that were timed: `rows 8, columns 896`. */
export function timedAt(shape: TunedClass['shape']): string {
  if (typeof shape === 'string') return shape;
  return Object.entries(shape)
    .map(([name, size]) => `${name} ${size}`)
    .join(', ');
}

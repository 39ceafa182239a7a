/** Plans the memory of a run without a device. */
import type { Note } from '../../../faults/catalogue.ts';
import type { DeviceTraits } from '../../gpu/kernel.ts';
import { totalBytes, type BytesByRole } from '../../gpu/ledger.ts';
import { tensorsOf } from '../../gpu/recorder.ts';
import { byteLength, type BufferSpec } from '../../gpu/tensor.ts';
import type { ModelConfig } from '../../model/config.ts';
import type { WeightStorage } from '../../model/weight-storage.ts';
import { describeWeights, weightSpecs } from '../../model/weights.ts';
import { rotaryPositions } from '../run/lengths.ts';
import { planRecipeStage } from '../recipe/recipe-stage.ts';
import type { Recipe } from '../recipe/recipe.ts';
import { longestSamplePrompt, sampleBuffers } from '../run/samples.ts';
import { plansOf, stageBytes, type StagePlan } from './stage-plan.ts';

/** The allocations of one stage of a run. */
export interface StageMemory {
  readonly name: string;
  readonly bytes: BytesByRole;
  readonly total: number;
  readonly trainableParameters: number;
  readonly dispatchesPerMicroBatch: number;
  readonly largestBinding: { readonly name: string; readonly bytes: number };
}

export interface RunMemory {
  readonly stages: readonly StageMemory[];
  readonly peak: number;
  readonly maxBindingBytes: number;
  readonly maxBufferBytes: number;
  /** Why it cannot run on this device; empty when it can. */
  readonly obstacles: readonly Note[];
}

/** Everything that decides how much memory a run takes. */
export interface RunToPlan {
  readonly config: ModelConfig;
  readonly recipe: Recipe;
  readonly traits: DeviceTraits;
  /** Tasks by which routing is counted. */
  readonly tasks: number;
  /** How the weights are kept; in float32 unless given. */
  readonly storage?: WeightStorage | undefined;
  /** What samples take in plans that differ in batch, checkpointing and moments alone: found once, kept here. */
  readonly samples?: Map<string, readonly BufferSpec[]>;
}

/** Lays out every stage of a run without a device; the run then allocates exactly these sizes. */
export function planMemory(run: RunToPlan): RunMemory {
  const {
    config,
    recipe,
    traits,
    tasks,
    storage,
    samples = new Map<string, readonly BufferSpec[]>(),
  } = run;
  const positions = rotaryPositions(config, recipe);
  const weights = describeWeights(config, positions, storage);
  const weightBuffers = weightSpecs(weights);
  // Keyed by the binding or buffer that is too large, which several stages may share.
  const obstacles = new Map<string, Note>();
  const stages = recipe.stages.map((description, stage): StageMemory => {
    const plan = planRecipeStage({ config, weights, recipe, stage, tasks, traits });
    const sampled = { config, weights, branches: plan.branches };
    const asked = `${stage} ${positions} ${longestSamplePrompt(config, recipe)}`;
    const beside = samples.get(asked) ?? sampleBuffers(sampled, recipe, traits);
    samples.set(asked, beside);
    const bytes = stageBytes(plan, [...weightBuffers, ...beside]);
    const largestBinding = findLargestBinding(plan);
    const tooLarge = (
      code: 'binding-too-large' | 'buffer-too-large',
      name: string,
      bytes: number,
      limit: number,
    ): void => {
      if (bytes > limit) obstacles.set(`${code} ${name} ${bytes}`, { code, name, bytes, limit });
    };
    const { maxBindingBytes, maxBufferBytes } = traits;
    tooLarge('binding-too-large', largestBinding.name, largestBinding.bytes, maxBindingBytes);
    for (const { label, bytes: size } of [...plan.buffers, ...weightBuffers, ...beside]) {
      tooLarge('buffer-too-large', label, size, maxBufferBytes);
    }
    return {
      name: description.name,
      bytes,
      total: totalBytes(bytes),
      trainableParameters: plan.options.layout.trainable,
      dispatchesPerMicroBatch: plan.micro.commands.filter(({ kind }) => kind === 'dispatch').length,
      largestBinding,
    };
  });
  return {
    stages,
    // A recipe without stages still holds the weights while it is measured.
    peak: Math.max(totalOf(weightBuffers), ...stages.map(({ total }) => total)),
    maxBindingBytes: traits.maxBindingBytes,
    maxBufferBytes: traits.maxBufferBytes,
    obstacles: [...obstacles.values()],
  };
}

function totalOf(buffers: readonly { readonly bytes: number }[]): number {
  return buffers.reduce((sum, { bytes }) => sum + bytes, 0);
}

function findLargestBinding(plan: StagePlan): { name: string; bytes: number } {
  let largest = { name: '', bytes: 0 };
  for (const command of plansOf(plan).flatMap((spec) => spec.commands)) {
    if (command.kind !== 'dispatch') continue;
    for (const { tensor } of tensorsOf(command)) {
      const bytes = byteLength(tensor);
      if (bytes > largest.bytes) largest = { name: tensor.label, bytes };
    }
  }
  return largest;
}

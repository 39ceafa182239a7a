import { layOutAdapters } from '../src/engine/adapters/layout.ts';
import { initialParameters, packParameters } from '../src/engine/adapters/parameters.ts';
import type { Gpu } from '../src/engine/gpu/device.ts';
import type { KernelFamily } from '../src/engine/gpu/kernel.ts';
import type { FamilyProfile } from '../src/engine/gpu/plan.ts';
import type { ModelConfig } from '../src/engine/model/config.ts';
import { packRecords, type MicroBatch } from '../src/engine/model/packing.ts';
import { BaseModel, describeWeights } from '../src/engine/model/weights.ts';
import { stageBranches } from '../src/engine/training/branch-plans.ts';
import { rotaryPositions } from '../src/engine/training/memory.ts';
import type { Recipe } from '../src/engine/training/recipe.ts';
import { planStage } from '../src/engine/training/stage-plan.ts';
import { StageTrainer } from '../src/engine/training/stage-trainer.ts';
import type { WeightsFolder } from '../src/formats/weights-folder.ts';
import { randomSource } from '../test/gpu/numbers.ts';
import { spreadOf, type Spread } from './measure.ts';

export interface FamilyTime {
  readonly family: KernelFamily;
  readonly dispatches: number;
  readonly bytes: number;
  /** Median over the profiles, each dispatch waited for on its own. */
  readonly milliseconds: number;
}

export interface StepResult {
  readonly checkpointing: Recipe['checkpointing'];
  readonly records: number;
  readonly tokens: number;
  readonly targets: number;
  readonly dispatches: number;
  readonly bytes: number;
  /** Wall clock of whole replayed steps, inputs written and figures read. */
  readonly milliseconds: Spread;
  readonly tokensPerSecond: number;
  /** Processor time of a step over all threads: where a software adapter shares its machine, steadier. */
  readonly processorMilliseconds: Spread;
  readonly families: readonly FamilyTime[];
  readonly deviceBytes: number;
}

/** Records of made-up ids, the later half of each a target: every row of the micro-batch in use. */
export function madeUpBatch(vocabulary: number, records: number, length: number): MicroBatch[] {
  const next = randomSource(7);
  const made = Array.from({ length: records }, () => {
    const ids = Uint32Array.from({ length }, () => Math.floor(next() * vocabulary));
    const labels = Int32Array.from(ids, (id, t) => (t < length / 2 ? -100 : id));
    return { ids, labels, task: 0 };
  });
  return packRecords(made, records * length);
}

function medianProfile(profiles: readonly (readonly FamilyProfile[])[]): FamilyTime[] {
  const byFamily = new Map<KernelFamily, FamilyProfile[]>();
  for (const entry of profiles.flat()) {
    byFamily.set(entry.family, [...(byFamily.get(entry.family) ?? []), entry]);
  }
  return [...byFamily].map(([family, entries]) => ({
    family,
    dispatches: entries[0]?.dispatches ?? 0,
    bytes: entries[0]?.bytes ?? 0,
    milliseconds: spreadOf(entries.map(({ milliseconds }) => milliseconds)).median,
  }));
}

/** Sums the profiles of the parts of a step by family. */
function joined(parts: readonly (readonly FamilyProfile[])[]): FamilyProfile[] {
  const sums = new Map<KernelFamily, FamilyProfile>();
  for (const { family, dispatches, bytes, milliseconds } of parts.flat()) {
    const before = sums.get(family);
    sums.set(family, {
      family,
      dispatches: (before?.dispatches ?? 0) + dispatches,
      bytes: (before?.bytes ?? 0) + bytes,
      milliseconds: (before?.milliseconds ?? 0) + milliseconds,
    });
  }
  return [...sums.values()];
}

/** One optimiser step of stage 1 as a run takes it: one micro-batch of `records` × `length` tokens. */
export async function measureStep(
  gpu: Gpu,
  config: ModelConfig,
  folder: WeightsFolder,
  recipe: Recipe,
  shape: { readonly records: number; readonly length: number; readonly rounds: number },
): Promise<StepResult> {
  const { records, length, rounds } = shape;
  const weights = describeWeights(config, rotaryPositions(config, recipe));
  const base = await BaseModel.load(gpu, config, folder, { weights });
  const layout = layOutAdapters(config, stageBranches(recipe, 0));
  const plan = planStage({
    config,
    weights,
    layout,
    optimizer: recipe.optimizer,
    orthogonal: null,
    rows: records * length,
    checkpointing: recipe.checkpointing,
    tasks: 1,
    traits: gpu.traits,
  });
  const parameters = packParameters(layout, initialParameters(layout, recipe.seed, 'uniform'));
  const trainer = await StageTrainer.create(gpu, plan, {
    parameters,
    firstMoment: null,
    secondMoment: null,
  });
  try {
    const batch = madeUpBatch(config.vocabularySize, records, length);
    const [part] = batch;
    if (!part) throw new Error('The batch is empty');
    const times: number[] = [];
    const processor: number[] = [];
    const step = async (index: number): Promise<void> => {
      const started = performance.now();
      const used = process.cpuUsage();
      const settings = { learningRate: 1e-4, step: index, seed: recipe.seed };
      const figures = await trainer.step(batch, settings);
      if (figures.fault) throw new Error(`The step failed: ${figures.fault}`);
      const { user, system } = process.cpuUsage(used);
      // The first step finds caches cold.
      if (index === 0) return;
      times.push(performance.now() - started);
      processor.push((user + system) / 1000);
    };
    await step(0);
    const profiles: FamilyProfile[][] = [];
    for (let round = 0; round < rounds; round += 1) {
      await step(2 * round + 1);
      await step(2 * round + 2);
      const { micro, end } = await trainer.profile(part);
      profiles.push(joined([micro, end]));
    }
    const families = medianProfile(profiles).sort((a, b) => b.milliseconds - a.milliseconds);
    const milliseconds = spreadOf(times);
    return {
      checkpointing: recipe.checkpointing,
      records,
      tokens: part.tokens,
      targets: part.targets,
      dispatches: families.reduce((sum, { dispatches }) => sum + dispatches, 0),
      bytes: families.reduce((sum, { bytes }) => sum + bytes, 0),
      milliseconds,
      tokensPerSecond: (1000 * part.tokens) / milliseconds.median,
      processorMilliseconds: spreadOf(processor),
      families,
      deviceBytes: gpu.ledger.total,
    };
  } finally {
    trainer.release();
    base.release();
  }
}

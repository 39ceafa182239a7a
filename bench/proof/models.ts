/** Whole steps and whole answers: models in their full shape with random weights. */
import { paperRecipe } from '../../src/engine/training/recipe/presets.ts';
import type { Recipe } from '../../src/engine/training/recipe/recipe.ts';
import { weightStorage, type Precision } from '../../src/engine/model/weight-storage.ts';
import { openCheckpoint } from '../../src/engine/testing/checkpoint-folder.ts';
import type { ModelConfig } from '../../src/engine/model/config.ts';
import type { WeightsFolder } from '../../src/formats/weights/weights-folder.ts';
import type { Ceilings } from '../ceilings.ts';
import { measureDecoding } from '../decoding.ts';
import { publishedConfig, type PublishedModel } from '../models.ts';
import { measureStep } from '../training-step.ts';
import { virtualCheckpoint } from '../virtual-checkpoint.ts';
import type { Aim, Bench, Findings } from './section.ts';

/** A step to measure; PyTorch takes the same one. */
export interface StepCase {
  readonly model: PublishedModel | 'medcare-nano';
  readonly precision: Precision;
  readonly stage: number;
  readonly records: number;
  readonly length: number;
}

export function stepCases(small: boolean): StepCase[] {
  if (small) {
    const nano = { model: 'medcare-nano', precision: 'float32', records: 2, length: 64 } as const;
    return [
      { ...nano, stage: 0 },
      { ...nano, stage: 1 },
    ];
  }
  const batch = { records: 8, length: 256 };
  return [
    { model: 'qwen2.5-0.5b', precision: '4-bit', stage: 0, ...batch },
    { model: 'qwen2.5-0.5b', precision: '16-bit', stage: 0, ...batch },
    { model: 'qwen2.5-0.5b', precision: '16-bit', stage: 1, ...batch },
    { model: 'qwen1.5-1.8b', precision: '4-bit', stage: 0, ...batch },
    { model: 'qwen1.5-1.8b', precision: '16-bit', stage: 0, ...batch },
  ];
}

export async function openModel(
  name: StepCase['model'],
): Promise<{ config: ModelConfig; folder: WeightsFolder }> {
  if (name === 'medcare-nano') {
    const { config, weights } = await openCheckpoint('public/models/medcare-nano');
    return { config, folder: weights };
  }
  const config = publishedConfig(name);
  return { config, folder: await virtualCheckpoint(config) };
}

/** The paper's recipe with micro-batches that these records fill. */
export function recipeFor({ records, length }: Pick<StepCase, 'records' | 'length'>): Recipe {
  const batch = { records, microBatchTokens: records * length, maxLength: length };
  return { ...paperRecipe(), batch };
}

/** A step as the sections after it know it. */
export interface StepTime {
  readonly of: StepCase;
  readonly milliseconds: number;
}

/** Steps of both stages: milliseconds and tokens per second, and what takes the time. */
export async function steps(bench: Bench): Promise<{ times: StepTime[]; findings: Findings }> {
  const { gpu, small, left } = bench;
  const cases = stepCases(small);
  const rows: string[][] = [];
  const times: StepTime[] = [];
  const figures: unknown[] = [];
  const notes: string[] = [];
  for (const one of cases) {
    if (rows.length > 0 && left() <= 0) {
      notes.push(`${rows.length} of ${cases.length} steps in the time given`);
      break;
    }
    const { config, folder } = await openModel(one.model);
    const { records, length, stage, precision } = one;
    const storage = weightStorage(folder.tensors, precision, gpu.traits);
    const shape = { records, length, rounds: 2, storage, stage };
    const { profile, ...step } = await measureStep(gpu, config, folder, recipeFor(one), shape);
    const { milliseconds, families } = profile;
    const [most] = [...families].sort((a, b) => b.milliseconds - a.milliseconds);
    times.push({ of: one, milliseconds: step.milliseconds.median });
    rows.push([
      one.model,
      precision,
      String(stage + 1),
      `${records} × ${length}`,
      `${step.milliseconds.median.toFixed(1)} ms`,
      step.tokensPerSecond.toFixed(0),
      String(step.dispatches),
      `${(step.deviceBytes / 1e6).toFixed(0)} MB`,
      most ? `${most.family} ${((100 * most.milliseconds) / milliseconds).toFixed(0)} %` : '',
    ]);
    figures.push({ ...one, ...step, families });
  }
  return {
    times,
    findings: {
      wrong: [],
      notes,
      tables: [
        {
          head: [
            'model',
            'weights',
            'stage',
            'tokens',
            'step',
            'tokens/s',
            'dispatches',
            'on the device',
            'most time',
          ],
          rows,
        },
      ],
      figures,
    },
  };
}

/** Milliseconds of one token of one sequence. */
export interface TokenTime {
  readonly model: StepCase['model'];
  readonly precision: Precision;
  readonly milliseconds: number;
}

/** Greedy decoding: tokens per second, and the share of the copy's bandwidth at which weights are read. */
export async function decoding(
  bench: Bench,
  { bytesPerSecond }: Ceilings,
): Promise<{ times: TokenTime[]; findings: Findings }> {
  const { gpu, small, left } = bench;
  const cases: readonly Pick<StepCase, 'model' | 'precision'>[] = small
    ? [{ model: 'medcare-nano', precision: 'float32' }]
    : [
        { model: 'qwen2.5-0.5b', precision: '16-bit' },
        { model: 'qwen1.5-1.8b', precision: '16-bit' },
        { model: 'qwen1.5-1.8b', precision: '4-bit' },
      ];
  const rows: string[][] = [];
  const figures: unknown[] = [];
  const aims: Aim[] = [];
  const notes: string[] = [];
  const times: TokenTime[] = [];
  for (const { model, precision } of cases) {
    if (rows.length > 0 && left() <= 0) {
      notes.push(`${rows.length} of ${cases.length} models in the time given`);
      break;
    }
    const { config, folder } = await openModel(model);
    const storage = weightStorage(folder.tensors, precision, gpu.traits);
    const results = await measureDecoding(gpu, config, folder, { rounds: 3, storage });
    for (const { profile, ...result } of results) {
      const bytes = profile.families.reduce((sum, family) => sum + family.bytes, 0);
      const perSecond = result.tokensPerSecond.median;
      if (result.sequences === 1) times.push({ model, precision, milliseconds: 1000 / perSecond });
      const share = ((perSecond / result.sequences) * bytes) / bytesPerSecond;
      rows.push([
        model,
        precision,
        String(result.sequences),
        perSecond.toFixed(1),
        String(result.dispatchesPerStep),
        `${(bytes / 1e6).toFixed(1)} MB`,
        `${(100 * share).toFixed(1)} %`,
      ]);
      figures.push({ model, precision, ...result, bytesPerStep: bytes, share });
      if (result.sequences === 1 && model === 'qwen1.5-1.8b' && precision === '16-bit') {
        aims.push({
          what: 'decoding of Qwen1.5-1.8B in 16 bits, share of the copy’s bandwidth',
          ...{ found: share, wanted: 0.7, better: 'more', unit: 'share' },
        });
      }
    }
  }
  const findings: Findings = {
    wrong: [],
    notes,
    aims,
    tables: [
      {
        head: [
          'model',
          'weights',
          'at a time',
          'tokens/s',
          'dispatches a step',
          'read a step',
          'of bandwidth',
        ],
        rows,
      },
    ],
    figures,
  };
  return { times, findings };
}

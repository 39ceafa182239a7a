/** The range in which each number of a recipe usually lies, beside the wider one that is allowed. */

interface Usual {
  readonly from: number;
  readonly to: number;
}

/** By path; `*` stands for a place in a list. */
const ranges: Readonly<Record<string, Usual>> = {
  alpha: { from: 8, to: 64 },
  scalingRank: { from: 4, to: 64 },
  'optimizer.learningRate': { from: 1e-5, to: 3e-3 },
  'optimizer.warmupRatio': { from: 0, to: 0.1 },
  'optimizer.clipNorm': { from: 0.5, to: 5 },
  'optimizer.weightDecay': { from: 0, to: 0.1 },
  'optimizer.beta1': { from: 0.8, to: 0.95 },
  'optimizer.beta2': { from: 0.95, to: 0.999 },
  'optimizer.epsilon': { from: 1e-8, to: 1e-6 },
  'batch.records': { from: 4, to: 128 },
  'batch.microBatchTokens': { from: 256, to: 8192 },
  'batch.maxLength': { from: 128, to: 4096 },
  'validation.fraction': { from: 0.02, to: 0.1 },
  'validation.maxRecords': { from: 32, to: 400 },
  'validation.minRecords': { from: 8, to: 50 },
  'validation.everySteps': { from: 5, to: 100 },
  checkpointEverySteps: { from: 5, to: 100 },
  'samples.prompts': { from: 0, to: 4 },
  'samples.everySteps': { from: 0, to: 100 },
  'samples.maxTokens': { from: 16, to: 128 },
  'stages.*.epochs': { from: 1, to: 5 },
  'stages.*.data.fraction': { from: 0.1, to: 1 },
  'stages.*.orthogonal.weight': { from: 0.1, to: 2 },
  'stages.*.attach.*.rank': { from: 4, to: 64 },
  'stages.*.attach.*.experts': { from: 4, to: 16 },
  'stages.*.attach.*.active': { from: 1, to: 2 },
};

/** Null for a number of which nothing is usual, such as a seed. */
export function usualRange(path: string): Usual | null {
  return ranges[path.replaceAll(/\.\d+(?=\.|$)/g, '.*')] ?? null;
}

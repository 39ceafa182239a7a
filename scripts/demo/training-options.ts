/** Options that the demo and the ablation grid share: data, model, and how the small model is trained. */
import { existsSync } from 'node:fs';
import { recipes, type Recipe } from '../../src/engine/index.ts';

export interface TrainingOptions {
  /** Folder with the data: knowledge/, alignment/ and evaluation/, or a samples.json. */
  readonly data: string;
  /** Hugging Face folder of the model to fine-tune. */
  readonly model: string;
  readonly seed: number;
  /** Records trained on, by kind: stage 1 sees both, stage 2 the alignment records. */
  readonly knowledge: number;
  readonly alignment: number;
  /** Epochs of stage 2; stage 1 has one, as in the paper. */
  readonly epochs: number;
  readonly learningRate: number;
  /** Records per optimiser step. */
  readonly batch: number;
  /** Longest record and longest prompt, in tokens; longer ones are passed over, not cut. */
  readonly maxLength: number;
}

const sharedData = '../shared/data';
const sampleData = 'public/samples';

/** Their command line options, for `parseArgs`. */
export const trainingFlags = {
  data: { type: 'string', default: existsSync(sharedData) ? sharedData : sampleData },
  model: { type: 'string', default: 'public/models/medcare-nano' },
  seed: { type: 'string', default: '42' },
  knowledge: { type: 'string', default: '300' },
  alignment: { type: 'string', default: '300' },
  epochs: { type: 'string', default: '2' },
  rate: { type: 'string', default: '0.002' },
  batch: { type: 'string', default: '16' },
  'max-length': { type: 'string', default: '256' },
} as const;

/** @throws Error naming the option, unless it is a whole number of at least `least` */
export function wholeNumber(name: string, text: string, least: number): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least) return value;
  throw new Error(`--${name} ${text}: must be a whole number of at least ${least}`);
}

/** @throws Error naming the option that is wrong */
export function readTrainingOptions(
  values: Readonly<Record<keyof typeof trainingFlags, string>>,
): TrainingOptions {
  const learningRate = Number(values.rate);
  if (!(learningRate > 0)) throw new Error(`--rate ${values.rate}: must be a positive number`);
  return {
    data: values.data,
    model: values.model,
    seed: wholeNumber('seed', values.seed, 0),
    knowledge: wholeNumber('knowledge', values.knowledge, 1),
    alignment: wholeNumber('alignment', values.alignment, 1),
    epochs: wholeNumber('epochs', values.epochs, 1),
    learningRate,
    batch: wholeNumber('batch', values.batch, 1),
    maxLength: wholeNumber('max-length', values['max-length'], 32),
  };
}

/** Rows of a micro-batch, in longest records: small ones waste fewer rows on what does not fill them. */
const microBatchRecords = 2;

/** The paper's recipe, every branch as it is there, with rate, batch and length for a small model. */
export function smallModelRecipe(
  options: TrainingOptions,
  own: Partial<Pick<Recipe, 'name' | 'checkpointEverySteps'>>,
): Recipe {
  const paper = recipes.paper();
  const [first, second] = paper.stages;
  if (!first || !second) throw new Error('the paper has two stages');
  return recipes.parse({
    ...paper,
    ...own,
    seed: options.seed,
    stages: [first, { ...second, epochs: options.epochs }],
    optimizer: { ...paper.optimizer, learningRate: options.learningRate },
    batch: {
      records: options.batch,
      microBatchTokens: microBatchRecords * options.maxLength,
      maxLength: options.maxLength,
    },
    checkpointing: 'none',
  });
}

/** Command line of the ablation grid. */
import { parseArgs } from 'node:util';
import { ablationIds, type AblationId } from '../../src/engine/training/recipe/ablations.ts';
import {
  readTrainingOptions,
  trainingFlags,
  wholeNumber,
  type TrainingOptions,
} from '../demo/training-options.ts';

export interface AblationOptions extends TrainingOptions {
  /** Where the results page goes. */
  readonly out: string;
  /** What is finished is kept here, and a later start with the same settings goes on with it. */
  readonly state: string;
  /** Evaluation items of each file. */
  readonly items: number;
  readonly recipes: readonly AblationId[];
  /** Shares of either stage's data for figures 5 and 6. */
  readonly fractions: readonly number[];
}

export const usage = `npm run ablation [-- options]

  Trains and measures every recipe of the paper's Tables 3 and 4 and the data fractions of its figures 5 and 6,
  one after another, by medcare. Finished work is kept: the same command goes on where an earlier one stopped.

  --data DIR        knowledge/, alignment/ and evaluation/ with JSONL files, or a samples.json
                    (default: the folder that MEDCARE_DATA names, or ../shared/data if it exists,
                    else public/samples)
  --model DIR       Hugging Face folder (default public/models/medcare-nano)
  --out DIR         where README.md, the figures, results.json and results.csv go (default docs/ablation)
  --state DIR       where runs, answers and scores are kept (default build/ablation)
  --seed N          choice of records and items, initial values, data order (default 42)
  --knowledge N     knowledge records to train on (default 300)
  --alignment N     alignment records to train on (default 300)
  --epochs N        epochs of stage 2 (default 2)
  --rate X          learning rate (default 0.002)
  --batch N         records per optimiser step (default 16)
  --max-length N    longest record in tokens (default 256)
  --items N         evaluation items of each file (default 40)
  --recipes A,B     recipes by id (default: all of both tables)
  --fractions X,Y   shares of each stage's data (default 0.25,0.5,1)`;

const notInTables: readonly AblationId[] = [
  ...['stage1-10', 'stage1-25', 'stage1-50', 'stage2-10', 'stage2-25', 'stage2-50'],
  'forced-pair',
].filter((id): id is AblationId => ablationIds.some((known) => known === id));

/** The folder that MEDCARE_DATA names, where it names one. */
function defaultData(): string {
  const named = process.env['MEDCARE_DATA'];
  return named !== undefined && named !== '' ? named : trainingFlags.data.default;
}

/** @throws Error naming the option that is wrong */
export function readOptions(args: readonly string[]): AblationOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...trainingFlags,
      data: { type: 'string', default: defaultData() },
      help: { type: 'boolean', short: 'h', default: false },
      out: { type: 'string', default: 'docs/ablation' },
      state: { type: 'string', default: 'build/ablation' },
      items: { type: 'string', default: '40' },
      recipes: { type: 'string', default: '' },
      fractions: { type: 'string', default: '0.25,0.5,1' },
    },
  });
  if (values.help) return null;
  return {
    ...readTrainingOptions(values),
    out: values.out,
    state: values.state,
    items: wholeNumber('items', values.items, 1),
    recipes: readRecipes(values.recipes),
    fractions: list(values.fractions).map((text) => {
      const share = Number(text);
      if (share > 0 && share <= 1) return share;
      throw new Error(`--fractions ${text}: must be a number above 0 and at most 1`);
    }),
  };
}

function list(text: string): string[] {
  return text.split(',').filter((part) => part !== '');
}

function readRecipes(text: string): AblationId[] {
  if (text === '') return ablationIds.filter((id) => !notInTables.includes(id));
  return list(text).map((name) => {
    const found = ablationIds.find((id) => id === name);
    if (found) return found;
    throw new Error(`--recipes ${name}: must be one of ${ablationIds.join(', ')}`);
  });
}

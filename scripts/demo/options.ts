/** Command line of the demo. */
import { parseArgs } from 'node:util';
import {
  readTrainingOptions,
  trainingFlags,
  wholeNumber,
  type TrainingOptions,
} from './training-options.ts';

/** What the demo was asked to do. */
export interface DemoOptions extends TrainingOptions {
  /** Where the merged model goes; null writes it to a temporary folder for the checks alone. */
  readonly out: string | null;
  /** Where all figures go as JSON. */
  readonly json: string | null;
  /** Records of each kind kept apart for the validation loss, at most a third of those trained on. */
  readonly validation: number;
  /** Leave the embeddings of tokens that pretraining never showed as they are. */
  readonly keepTokens: boolean;
  /** Evaluation items of each task. */
  readonly items: number;
}

export const usage = `npm run demo [-- options]

  --data DIR        data: knowledge/, alignment/ and evaluation/ with JSONL files, or a samples.json
                    (default ../shared/data if it exists, else public/samples)
  --model DIR       Hugging Face folder (default public/models/medcare-nano)
  --out DIR         write the merged model there, as float32 safetensors
  --json FILE       write every figure as JSON
  --seed N          choice of records, initial values, data order, dropout (default 42)
  --knowledge N     knowledge records to train on (default 300)
  --alignment N     alignment records to train on (default 300)
  --epochs N        epochs of stage 2 (default 2)
  --rate X          learning rate (default 0.002)
  --batch N         records per optimiser step (default 16)
  --max-length N    longest record in tokens (default 256)
  --validation N    held-out records of each kind, at most a third of those trained on (default 50)
  --keep-tokens     leave the embeddings of tokens that pretraining never showed as they are
  --items N         evaluation items of each task (default 20)`;

/** @throws Error naming the option that is wrong */
export function readOptions(args: readonly string[]): DemoOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...trainingFlags,
      help: { type: 'boolean', short: 'h', default: false },
      out: { type: 'string' },
      json: { type: 'string' },
      validation: { type: 'string', default: '50' },
      'keep-tokens': { type: 'boolean', default: false },
      items: { type: 'string', default: '20' },
    },
  });
  if (values.help) return null;
  return {
    ...readTrainingOptions(values),
    out: values.out ?? null,
    json: values.json ?? null,
    validation: wholeNumber('validation', values.validation, 1),
    keepTokens: values['keep-tokens'],
    items: wholeNumber('items', values.items, 1),
  };
}

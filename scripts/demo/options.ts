import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';

/** What the demo was asked to do. */
export interface DemoOptions {
  /** Folder with the data: knowledge/, alignment/ and evaluation/, or a samples.json. */
  readonly data: string;
  /** Hugging Face folder of the model to fine-tune. */
  readonly model: string;
  /** Where the merged model goes; null writes it to a temporary folder for the checks alone. */
  readonly out: string | null;
  /** Where all figures go as JSON. */
  readonly json: string | null;
  readonly seed: number;
  /** Records trained on, by kind: stage 1 sees both, stage 2 the alignment records. */
  readonly knowledge: number;
  readonly alignment: number;
  /** Epochs of stage 2; stage 1 has one, as in the paper. */
  readonly epochs: number;
  readonly learningRate: number;
  readonly batch: number;
  /** Longest record and longest prompt, in tokens; longer ones are passed over, not cut. */
  readonly maxLength: number;
  /** Records of each kind kept apart for the validation loss. */
  readonly validation: number;
  /** Leave the embeddings of tokens that pretraining never showed as they are. */
  readonly keepTokens: boolean;
  /** Evaluation items of each task. */
  readonly items: number;
}

export const usage = `npm run demo [-- options]

  --data DIR        data: knowledge/, alignment/ and evaluation/ with JSONL files, or a samples.json
                    (default ../shared/data where it is there, else public/samples)
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
  --validation N    held-out records of each kind (default 50)
  --keep-tokens     leave the embeddings of tokens that pretraining never showed as they are
  --items N         evaluation items of each task (default 20)`;

const sharedData = '../shared/data';
const sampleData = 'public/samples';

/** @throws Error naming the option that is wrong */
export function readOptions(args: readonly string[]): DemoOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      help: { type: 'boolean', short: 'h', default: false },
      data: { type: 'string', default: existsSync(sharedData) ? sharedData : sampleData },
      model: { type: 'string', default: 'public/models/medcare-nano' },
      out: { type: 'string' },
      json: { type: 'string' },
      seed: { type: 'string', default: '42' },
      knowledge: { type: 'string', default: '300' },
      alignment: { type: 'string', default: '300' },
      epochs: { type: 'string', default: '2' },
      rate: { type: 'string', default: '0.002' },
      batch: { type: 'string', default: '16' },
      'max-length': { type: 'string', default: '256' },
      validation: { type: 'string', default: '50' },
      'keep-tokens': { type: 'boolean', default: false },
      items: { type: 'string', default: '20' },
    },
  });
  if (values.help) return null;
  const whole = (name: string, text: string, least: number): number => {
    const value = Number(text);
    if (Number.isSafeInteger(value) && value >= least) return value;
    throw new Error(`--${name} ${text}: a whole number of at least ${least} is needed`);
  };
  const learningRate = Number(values.rate);
  if (!(learningRate > 0)) throw new Error(`--rate ${values.rate}: a positive number is needed`);
  return {
    data: values.data,
    model: values.model,
    out: values.out ?? null,
    json: values.json ?? null,
    seed: whole('seed', values.seed, 0),
    knowledge: whole('knowledge', values.knowledge, 1),
    alignment: whole('alignment', values.alignment, 1),
    epochs: whole('epochs', values.epochs, 1),
    learningRate,
    batch: whole('batch', values.batch, 1),
    maxLength: whole('max-length', values['max-length'], 32),
    validation: whole('validation', values.validation, 1),
    keepTokens: values['keep-tokens'],
    items: whole('items', values.items, 1),
  };
}

/** Command line of the memorisation measurement. */
import { parseArgs } from 'node:util';
import {
  readTrainingOptions,
  trainingFlags,
  wholeNumber,
  type TrainingOptions,
} from '../demo/training-options.ts';

export interface MemorisationOptions extends TrainingOptions {
  readonly seeds: readonly number[];
  /** How often a canary is planted; 0 makes a control. */
  readonly times: readonly number[];
  /** Canaries of each number of times, as knowledge and as alignment records alike. */
  readonly canaries: number;
  /** Other codes that each canary is compared with. */
  readonly references: number;
  /** Members and records never seen whose losses are compared, of each. */
  readonly records: number;
  /** Training records that are continued, and drawn continuations of each beside the greedy one. */
  readonly extracted: number;
  readonly draws: number;
  readonly out: string;
  /** Results of finished seeds. */
  readonly state: string;
}

export const usage = `npm run memorisation [-- options]

  Plants canaries, trains both stages, and measures what every state remembers, over several seeds.

  --seeds A,B       choice of records, canaries, initial values, data order (default 1,2,3,4,5)
  --canaries N      canaries of each number of times and kind (default 3)
  --references N    other codes for each canary (default 63)
  --times A,B       how often canaries are planted; 0 makes controls (default 0,1,4,16)
  --records N       members, and as many records never seen (default 200)
  --extracted N     training records that are continued (default 64)
  --draws N         drawn continuations beside the greedy one (default 2)
  --out DIR         where README.md goes (default docs/memorisation)
  --state DIR       where finished seeds are kept (default build/memorisation)
  --data, --model, --knowledge, --alignment, --epochs, --rate, --batch, --max-length as in npm run ablation`;

const numbers = (name: string, text: string): number[] =>
  text.split(',').map((part) => wholeNumber(name, part, 0));

/** @throws Error naming the option that is wrong */
export function readOptions(args: readonly string[]): MemorisationOptions | null {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...trainingFlags,
      data: { type: 'string', default: 'public/samples' },
      help: { type: 'boolean', short: 'h', default: false },
      seeds: { type: 'string', default: '1,2,3,4,5' },
      canaries: { type: 'string', default: '3' },
      references: { type: 'string', default: '63' },
      times: { type: 'string', default: '0,1,4,16' },
      records: { type: 'string', default: '200' },
      extracted: { type: 'string', default: '64' },
      draws: { type: 'string', default: '2' },
      out: { type: 'string', default: 'docs/memorisation' },
      state: { type: 'string', default: 'build/memorisation' },
    },
  });
  if (values.help) return null;
  return {
    ...readTrainingOptions(values),
    seeds: numbers('seeds', values.seeds),
    times: numbers('times', values.times),
    canaries: wholeNumber('canaries', values.canaries, 1),
    references: wholeNumber('references', values.references, 1),
    records: wholeNumber('records', values.records, 2),
    extracted: wholeNumber('extracted', values.extracted, 1),
    draws: wholeNumber('draws', values.draws, 0),
    out: values.out,
    state: values.state,
  };
}

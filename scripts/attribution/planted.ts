/**
 * Measures whether the records that taught an answer are found: plants made-up facts among real records, trains
 * both stages on all of them, and ranks all records for each fact.
 *
 *   npm run planted [-- --data DIR --records N --planted N --seed N --json FILE]
 *
 * A planted fact counts as found when its record is among the first five. Facts share their wording and differ in
 * a name and a code, so that every planted record looks like every other; and each has a decoy, which asks the same
 * question and answers something else. Exit code 1 below 90 % found.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import {
  recipes,
  train,
  type Recipe,
  type RecordSet,
  type Trained,
} from '../../src/engine/index.ts';
import { likenesses, ranked, type PhraseGradients } from '../../src/engine/attribution/ranking.ts';
import { answersOf, StageGradients } from '../../src/engine/attribution/stage-gradients.ts';
import { deviceOf, type EngineGpu } from '../../src/engine/face/gpu.ts';
import { openedModel, type Model, type TokenisedRecord } from '../../src/engine/face/model.ts';
import { randomWord } from '../../src/engine/kernels/random-words.ts';
import { chooseRecords } from '../demo/data.ts';
import { trainingFlags } from '../demo/training-options.ts';
import { tellTokensApart } from '../demo/untrained-tokens.ts';
import { openOwnDevice } from '../device.ts';

const maxLength = 192;
const leastFound = 0.9;
const first = 5;

interface Fact {
  readonly record: TokenisedRecord;
  /** The same question with an answer that tells nothing. */
  readonly decoy: TokenisedRecord;
  /** The question in its own words, and in others. */
  readonly prompts: readonly string[];
  readonly answer: string;
  /** The words of the answer that a reader would point at. */
  readonly phrase: string;
}

const wards = [
  'Alder',
  'Birch',
  'Cedar',
  'Fir',
  'Hazel',
  'Larch',
  'Maple',
  'Oak',
  'Pine',
  'Willow',
];
const things = [
  'red',
  'blue',
  'green',
  'white',
  'black',
  'grey',
  'brown',
  'pink',
  'gold',
  'silver',
];

/** Facts that no model knows: which key opens which cabinet. */
function plantedFacts(model: Model, count: number, seed: number): Fact[] {
  return Array.from({ length: count }, (_, i) => {
    const word = (stream: number) => randomWord(seed, i, 0x5eed8000 + stream, 0);
    const ward = `${wards[i % wards.length] ?? ''} ${1 + Math.floor(i / wards.length)}`;
    const colour = things[word(0) % things.length] ?? '';
    const phrase = `${colour} key ${100 + (word(1) % 900)}`;
    const answer = `The cabinet of ward ${ward} opens with the ${phrase}.`;
    const prompt = `Which key opens the cabinet of ward ${ward}?`;
    const recordOf = (said: string): TokenisedRecord => {
      const messages = [
        { role: 'user' as const, content: prompt },
        { role: 'assistant' as const, content: said },
      ];
      return model.encodeRecord({ messages }, { labels: 'assistant' });
    };
    const other = `I stand before the cabinet in ward ${ward}. Tell me what I need.`;
    const decoy = recordOf(`Nobody wrote it down. Ask at the desk of ward ${ward}.`);
    return { record: recordOf(answer), decoy, prompts: [prompt, other], answer, phrase };
  });
}

/** The quick preset at the paper's order: stage 1 on everything, stage 2 on the alignment records. */
function plantedRecipe(seed: number): Recipe {
  const quick = recipes.quick();
  return recipes.parse({
    ...quick,
    name: 'Planted records',
    seed,
    batch: { records: 16, microBatchTokens: 2 * maxLength, maxLength },
    validation: { fraction: 0, maxRecords: 0, everySteps: 0 },
    checkpointEverySteps: 1_000_000,
    samples: undefined,
    stages: quick.stages.map((stage) => ({ ...stage, epochs: 2 })),
  });
}

async function trained(
  gpu: EngineGpu,
  model: Model,
  recipe: Recipe,
  records: readonly RecordSet[],
): Promise<Trained> {
  for await (const event of train({ gpu, model, recipe, records, validation: [] })) {
    if (event.type === 'stage-start') console.log(`${event.name}: ${event.steps} steps`);
    if (event.type === 'step' && event.metrics.step % 10 === 0) {
      console.log(`  step ${event.metrics.step}: loss ${event.metrics.nll.toFixed(3)}`);
    }
    if (event.type === 'done') return event.trained;
  }
  throw new Error('The run did not end');
}

/** Prompt and answer up to the end of the phrase, and where the phrase begins. */
function phraseOf(model: Model, prompt: string, { answer, phrase }: Fact) {
  const before = model.encodePrompt([{ role: 'user', content: prompt }]);
  const start = answer.indexOf(phrase);
  const lead = model.encodeAnswer(answer.slice(0, start).trimEnd());
  const whole = model.encodeAnswer(answer.slice(0, start + phrase.length));
  return {
    sequence: new Uint32Array([...before, ...whole]),
    from: before.length + lead.length,
  };
}

/** Shares of facts whose record is among the first five, by wording of the question. */
interface Found {
  readonly way: string;
  readonly shares: readonly number[];
  /** Ranks from 1, fact by fact, for the question in its own words and in others. */
  readonly ranks: readonly number[];
}

/** What is compared: the ranking as the studio uses it, and without its parts. */
const ways: Readonly<
  Record<string, (query: PhraseGradients, records: readonly Float32Array[]) => Float64Array>
> = {
  'without prompt and common part': likenesses,
  'without common part': ({ phrase }, records) => likenesses({ phrase, others: [] }, records),
  'cosine alone': ({ phrase }, records) => {
    const norm = (vector: Float32Array): number => Math.hypot(...vector);
    return Float64Array.from(
      records,
      (record) =>
        record.reduce((sum, value, i) => sum + value * (phrase[i] ?? Number.NaN), 0) /
        (norm(record) * norm(phrase)),
    );
  },
};

export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      records: { type: 'string', default: '500' },
      planted: { type: 'string', default: '40' },
      seed: { type: 'string', default: '42' },
      data: trainingFlags.data,
      json: { type: 'string' },
    },
  });
  const [count, planted, seed] = [
    Number(values.records),
    Number(values.planted),
    Number(values.seed),
  ];
  const gpu = await openOwnDevice();
  const { model } = await tellTokensApart('public/models/medcare-nano', seed);
  const half = (count - 2 * planted) / 2;
  const real = await chooseRecords(model, values.data, {
    ...{ seed, maxLength, validation: 0, knowledge: Math.ceil(half), alignment: Math.floor(half) },
  });
  const facts = plantedFacts(model, planted, seed);
  const sets: RecordSet[] = [
    ...real.records.map(({ set: { name, kind }, ids, labels }) => ({
      ...{ name, kind },
      records: [{ ids, labels }],
    })),
    { name: 'decoys', kind: 'knowledge', records: facts.map(({ decoy }) => decoy) },
    { name: 'planted', kind: 'knowledge', records: facts.map(({ record }) => record) },
  ];
  const all = sets.flatMap(({ records }) => records as TokenisedRecord[]);
  console.log(
    `${all.length} records, ${planted} planted facts and as many decoys among them, on ${gpu.adapter.description}`,
  );
  const recipe = plantedRecipe(seed);
  const result = await trained(gpu, model, recipe, sets);
  const { folder } = openedModel(model);
  const phrases = facts.flatMap((fact) =>
    fact.prompts.map((prompt) => phraseOf(model, prompt, fact)),
  );
  const started = performance.now();
  const gradients = await StageGradients.create({
    ...{ gpu: deviceOf(gpu), config: folder.config, weights: folder.weights, recipe },
    ...{ stage: 0, stageBranches: result.stageBranches, seed },
    longest: Math.max(
      ...[...all.map(({ ids }) => ids), ...phrases.map(({ sequence }) => sequence)].map(
        ({ length }) => length,
      ),
    ),
  });
  const sketches: Float32Array[] = [];
  for (const record of all) sketches.push(await gradients.ofRecord({ ...record, task: 0 }));
  console.log(`${all.length} gradients in ${((performance.now() - started) / 1000).toFixed(1)} s`);
  const queries: PhraseGradients[] = [];
  const others = answersOf(all);
  for (const { sequence, from } of phrases) {
    queries.push(await gradients.ofPhrase(sequence, from, others));
  }
  gradients.release();
  const found = Object.entries(ways).map(([way, rank]): Found => {
    const ranks = queries.map((query, i) => {
      const own = all.length - planted + Math.floor(i / 2);
      return ranked(rank(query, sketches)).indexOf(own) + 1;
    });
    const share = (wording: number): number =>
      ranks.filter((place, i) => i % 2 === wording && place <= first).length / planted;
    return { way, shares: [share(0), share(1)], ranks };
  });
  for (const { way, shares, ranks } of found) {
    const [own = Number.NaN, other = Number.NaN] = shares;
    console.log(
      `${way}: among the first ${first} of ${all.length}: ${(100 * own).toFixed(1)} % in its own words, ${(100 * other).toFixed(1)} % in other words; ranks ${ranks.join(' ')}`,
    );
  }
  if (values.json !== undefined) {
    await mkdir(dirname(values.json), { recursive: true });
    await writeFile(values.json, JSON.stringify({ adapter: gpu.adapter, seed, found }, null, 2));
  }
  gpu.close();
  return (found[0]?.shares ?? []).every((share) => share >= leastFound) ? 0 : 1;
}

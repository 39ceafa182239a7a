/**
 * Measures what a run remembers of its records, state by state, over several seeds: does dropping the Noise Aggregator
 * also drop what was memorised?
 *
 *   npm run memorisation [-- --help]
 *
 * Plants canaries among the sample records, trains both stages, measures exposure, membership and extraction of every
 * state, and writes docs/memorisation. A seed that is finished is kept; the same command goes on with the next.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
  openState,
  train,
  type EngineGpu,
  type Model,
  type Trained,
} from '../../src/engine/index.ts';
import {
  canaryRecords,
  makeCanaries,
  type Canary,
} from '../../src/engine/evaluation/memorisation/canaries.ts';
import {
  canaryLosses,
  cutRecord,
  extractions,
  recordLosses,
  type CutRecord,
} from '../../src/engine/evaluation/memorisation/measure.ts';
import {
  exposuresOf,
  memoryFigures,
  type StateMeasures,
} from '../../src/engine/evaluation/memorisation/report.ts';
import { promptText } from '../../src/engine/evaluation/prompt-text.ts';
import { openedModel, type TokenisedRecord } from '../../src/engine/face/model.ts';
import { openedState } from '../../src/engine/face/state.ts';
import { chooseRecords, inOrder, type DemoData } from '../demo/data.ts';
import { smallModelRecipe } from '../demo/training-options.ts';
import { tellTokensApart } from '../demo/untrained-tokens.ts';
import { withOwnDevice } from '../device.ts';
import { readOptions, usage, type MemorisationOptions } from './options.ts';
import { memorisationPage } from './page.ts';
import { KINDS, seedSchema, type MeasuredState, type SeedResult } from './results.ts';

/** Longest sequence while measuring, in tokens. */
const contextLength = 512;

const started = performance.now();
const print = (line: string): void => {
  console.log(`[${Math.round((performance.now() - started) / 1000)} s] ${line}`);
};

export async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (!options) {
    console.log(usage);
    return 0;
  }
  await withOwnDevice(async (gpu) => {
    const results: SeedResult[] = [];
    for (const seed of options.seeds) {
      results.push((await kept(options, seed)) ?? (await measureSeed(gpu, options, seed)));
      await mkdir(options.out, { recursive: true });
      await writeFile(join(options.out, 'README.md'), memorisationPage(options, results));
    }
  });
  return 0;
}

/** Where the result of a seed is kept: other settings have other names. */
function keptAt({ state, ...options }: MemorisationOptions, seed: number): string {
  const { canaries, records, references } = options;
  const { knowledge, alignment, epochs, learningRate, batch, maxLength } = options;
  const settings = [knowledge, alignment, epochs, learningRate, batch, maxLength];
  return join(state, `${[seed, ...settings, canaries, records, references].join('-')}.json`);
}

async function kept(options: MemorisationOptions, seed: number): Promise<SeedResult | null> {
  const path = keptAt(options, seed);
  return existsSync(path) ? seedSchema.parse(JSON.parse(await readFile(path, 'utf8'))) : null;
}

/** Trains one seed and measures every state that it passed through. */
async function measureSeed(
  gpu: EngineGpu,
  options: MemorisationOptions,
  seed: number,
): Promise<SeedResult> {
  const { model } = await tellTokensApart(options.model, seed);
  const { knowledge, alignment } = options;
  const data = await chooseRecords(model, options.data, {
    ...{ ...options, seed, validation: Math.ceil(options.records / 2) },
  });
  const canaries = canariesOf(options, seed);
  print(`seed ${seed}: ${knowledge} + ${alignment} records, ${gpu.adapter.description}`);
  const trained = await trainOn(gpu, { model, data, options: { ...options, seed }, canaries });
  const begun: Measuring = { gpu, model, data, options, canaries, seed };
  const states: MeasuredState[] = [];
  let base: StateMeasures | undefined;
  for (const { id, label } of trained.snapshots) {
    const measures = await measureState(begun, trained, id);
    states.push({ id, label, ...figuresOf(canaries, measures, base) });
    base ??= measures;
    print(`  ${label}: AUC ${states.at(-1)?.auc?.toFixed(3) ?? '–'}`);
  }
  const result: SeedResult = {
    ...{ seed, states, adapter: gpu.adapter.description || gpu.adapter.device },
    members: base?.members.length ?? 0,
    nonMembers: base?.nonMembers.length ?? 0,
    cut: base?.extractions.length ?? 0,
  };
  await mkdir(options.state, { recursive: true });
  await writeFile(keptAt(options, seed), JSON.stringify(result));
  return result;
}

const meanOf = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** Figures of one state; canaries of both kinds are counted apart. */
function figuresOf(
  canaries: Canaries,
  measures: StateMeasures,
  base: StateMeasures | undefined,
): Omit<MeasuredState, 'id' | 'label'> {
  const { membership, extracted, longest } = memoryFigures([], measures, base);
  const { knowledge } = canaries;
  const losses = measures.canaries;
  return {
    exposures: {
      knowledge: exposuresOf(knowledge, losses.slice(0, knowledge.length)),
      alignment: exposuresOf(canaries.alignment, losses.slice(knowledge.length)),
    },
    auc: valueOf(membership?.auc),
    truePositives: valueOf(membership?.truePositives),
    extracted: [...extracted],
    matched: meanOf(longest),
    heldOutLoss: meanOf(measures.nonMembers),
    trainedLoss: meanOf(measures.members),
  };
}

const valueOf = (
  outcome: { readonly ok: true; readonly value: number } | { readonly ok: false } | undefined,
): number | null => (outcome?.ok === true ? outcome.value : null);

type Canaries = Readonly<Record<(typeof KINDS)[number], readonly Canary[]>>;

/** Canaries of stage 1 alone, and of both stages: as knowledge and as alignment records. */
function canariesOf({ canaries, times, references }: MemorisationOptions, seed: number): Canaries {
  const count = canaries * times.length;
  const all = makeCanaries({ seed, count: 2 * count, times, references, language: 'en' });
  return { knowledge: all.slice(0, count), alignment: all.slice(count) };
}

interface Training {
  readonly model: Model;
  readonly data: DemoData;
  readonly options: MemorisationOptions & { readonly seed: number };
  readonly canaries: Canaries;
}

async function trainOn(
  gpu: EngineGpu,
  { model, data, options, canaries }: Training,
): Promise<Trained> {
  const recipe = smallModelRecipe(options, { checkpointEverySteps: 1_000_000 });
  const planted = KINDS.map((kind) => ({
    ...{ name: `canaries, ${kind}`, kind },
    records: canaryRecords(canaries[kind]),
  }));
  const records = [...inOrder(data.records), ...planted];
  for await (const event of train({ gpu, model, recipe, records, validation: [] })) {
    if (event.type === 'stage-start') print(`  ${event.name}: ${event.steps} steps`);
    if (event.type === 'stage-end') print(`  stage ${event.stage + 1} done`);
    if (event.type === 'done') return event.trained;
  }
  throw new Error('The run did not end');
}

interface Measuring {
  readonly gpu: EngineGpu;
  readonly model: Model;
  readonly data: DemoData;
  readonly options: MemorisationOptions;
  readonly canaries: Canaries;
  readonly seed: number;
}

async function measureState(
  { gpu, model, data, options, canaries, seed }: Measuring,
  trained: Trained,
  snapshot: string,
): Promise<StateMeasures> {
  const state = await openState({ gpu, model, trained, snapshot, context: contextLength });
  const opened = openedState(state);
  const { tokenizer, chat } = openedModel(model);
  const text = promptText(tokenizer, chat);
  const asked = {
    score: state.score.bind(state),
    generateBatch: (prompts: readonly Uint32Array[], most: number, ends: readonly number[]) =>
      opened.use((answers) => answers.generateBatch(prompts, most, ends)),
  };
  try {
    const all = KINDS.flatMap((kind) => canaries[kind]);
    const members = everyNth(data.records, options.records);
    const nonMembers = everyNth(data.validation, options.records);
    const cuts = members.flatMap((record): CutRecord[] => {
      const cut = cutRecord(record);
      return cut ? [cut] : [];
    });
    return {
      canaries: await canaryLosses(asked, text, all, { contextLength }),
      members: await recordLosses(asked, members),
      nonMembers: await recordLosses(asked, nonMembers),
      extractions: await extractions(
        {
          ...asked,
          sampleBatch: (...given) => opened.use((answers) => answers.sampleBatch(...given)),
        },
        cuts.slice(0, options.extracted),
        { contextLength, endIds: text.eosIds, draws: options.draws, seed },
      ),
    };
  } finally {
    state.close();
  }
}

/** At most so many of the records, spread over all. */
function everyNth<T extends TokenisedRecord>(records: readonly T[], most: number): T[] {
  const step = Math.max(1, records.length / most);
  return Array.from({ length: Math.min(most, records.length) }, (_, i) =>
    records.at(Math.floor(i * step)),
  ).flatMap((record) => record ?? []);
}

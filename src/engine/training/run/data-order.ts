/** Which records each step trains on: a function of seed, stage and step. */
import type { DataKind } from '../../../formats/records/record-types.ts';
import { randomWord } from '../../kernels/random-words.ts';
import type { TokenRecord } from '../../model/packing.ts';
import type { Recipe } from '../recipe/recipe.ts';

/** Where a record of a run came from and what kind of knowledge it carries. */
export interface RecordPlace {
  readonly kind: DataKind;
  /** Index of its data set in the run, and its row there. */
  readonly dataSet: number;
  readonly row: number;
}

/** A record with its tokens. */
export interface TrainingRecord extends TokenRecord, RecordPlace {}

/** Streams of the counter-based generator that data order draws from, separate from the streams of dropout. */
const shuffleStream = 0x5eed0000;
const fractionStream = 0x5eed1000;

/** Fisher–Yates over 0 … count−1; depends only on its arguments. */
export function shuffledIndices(
  count: number,
  seed: number,
  step: number,
  stream: number,
): Uint32Array {
  const order = Uint32Array.from({ length: count }, (_, index) => index);
  for (let i = count - 1; i > 0; i -= 1) {
    const j = Math.floor((randomWord(seed, step, stream, i) / 2 ** 32) * (i + 1));
    const held = order[i] ?? 0;
    order[i] = order[j] ?? 0;
    order[j] = held;
  }
  return order;
}

/** Records that a stage takes of those of its kinds. */
function chosenOf(recipe: Recipe, stage: number, eligible: number): number {
  const { fraction = 1 } = recipe.stages[stage]?.data ?? {};
  return fraction === 1 ? eligible : Math.max(1, Math.round(eligible * fraction));
}

/** How many records and steps a stage has. @param eligible records of its kinds that train */
export function stageSize(
  recipe: Recipe,
  stage: number,
  eligible: number,
): { readonly records: number; readonly steps: number } {
  const records = chosenOf(recipe, stage, eligible);
  const epochs = recipe.stages[stage]?.epochs ?? 0;
  return { records, steps: epochs * Math.ceil(records / recipe.batch.records) };
}

/** Indices of the records that a stage trains on: the records of its kinds, or its fraction of them. */
function stageRecords(recipe: Recipe, stage: number, records: readonly RecordPlace[]): number[] {
  const data = recipe.stages[stage]?.data;
  if (!data) throw new RangeError(`The recipe has no stage ${stage}`);
  const eligible = records.flatMap(({ kind }, index) => (data.kinds.includes(kind) ? [index] : []));
  if (data.fraction === 1) return eligible;
  const count = chosenOf(recipe, stage, eligible.length);
  const chosen = shuffledIndices(eligible.length, recipe.seed, stage, fractionStream);
  const kept = [...chosen.subarray(0, count)].sort((a, b) => a - b);
  return kept.flatMap((position) => eligible[position] ?? []);
}

/**
 * Which records each step of a stage trains on: every epoch has a separate order, which depends only on
 * seed, stage, epoch and the places of the records.
 */
export class DataOrder {
  /** Steps of the stage: the last batch of an epoch may be smaller. */
  readonly steps: number;
  readonly #recipe: Recipe;
  readonly #stage: number;
  readonly #eligible: readonly number[];
  readonly #perEpoch: number;
  /** The order of the epoch asked for last, kept because computing it is O(records). */
  #epoch = -1;
  #shuffled: Uint32Array = new Uint32Array();

  constructor(recipe: Recipe, stage: number, places: readonly RecordPlace[]) {
    this.#stage = stage;
    this.#recipe = recipe;
    this.#eligible = stageRecords(recipe, stage, places);
    this.#perEpoch = Math.ceil(this.#eligible.length / recipe.batch.records);
    this.steps = (recipe.stages[stage]?.epochs ?? 0) * this.#perEpoch;
  }

  /** Records of the stage. */
  get records(): number {
    return this.#eligible.length;
  }

  /** Indices of the given step's records, in order. */
  step(step: number): number[] {
    const { first, end, order } = this.#epochOf(step);
    return [...order.subarray(first, end)].flatMap((position) => this.#eligible[position] ?? []);
  }

  /**
   * Indices of the other records of a step's epoch in the order in which they follow the step, continuing at
   * the epoch's beginning: at most `count` of them, after the first `skipped`.
   */
  following(step: number, skipped: number, count: number): number[] {
    const { first, end, order } = this.#epochOf(step);
    const left = order.length - (end - first) - skipped;
    return Array.from({ length: Math.max(0, Math.min(count, left)) }, (_, i) => {
      const position = order[(end + skipped + i) % order.length] ?? 0;
      return this.#eligible[position] ?? 0;
    });
  }

  /** The order of a step's epoch, and the step's part of it. */
  #epochOf(step: number): {
    readonly first: number;
    readonly end: number;
    readonly order: Uint32Array;
  } {
    const epoch = Math.floor(step / this.#perEpoch);
    const first = (step % this.#perEpoch) * this.#recipe.batch.records;
    if (epoch !== this.#epoch) {
      const { seed } = this.#recipe;
      const stream = shuffleStream + this.#stage;
      this.#shuffled = shuffledIndices(this.#eligible.length, seed, epoch, stream);
      this.#epoch = epoch;
    }
    const end = Math.min(first + this.#recipe.batch.records, this.#eligible.length);
    return { first, end, order: this.#shuffled };
  }
}

/** Indices of the records of a stage in the order of its first epoch. */
export function firstEpoch(order: DataOrder, batch: number): number[] {
  const steps = Math.ceil(order.records / batch);
  return Array.from({ length: steps }, (_, step) => order.step(step)).flat();
}

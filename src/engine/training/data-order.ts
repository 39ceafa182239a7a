import { randomWord } from '../kernels/random-words.ts';
import type { TokenRecord } from '../model/packing.ts';
import type { Recipe } from './recipe.ts';

/** A record of a run: its tokens, where it came from and what kind of knowledge it carries. */
export interface TrainingRecord extends TokenRecord {
  readonly kind: 'knowledge' | 'alignment';
  /** Index of its data set in the run, and its row there. */
  readonly dataSet: number;
  readonly row: number;
}

/** Streams of the counter-based generator that data order draws from, apart from those of dropout. */
const shuffleStream = 0x5eed0000;
const fractionStream = 0x5eed1000;

/** Fisher–Yates over 0 … count−1, a function of its arguments alone. */
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

/** Indices of the records that a stage trains on: those of its kinds, or its fraction of them. */
export function stageRecords(
  recipe: Recipe,
  stage: number,
  records: readonly TrainingRecord[],
): number[] {
  const data = recipe.stages[stage]?.data;
  if (!data) throw new RangeError(`The recipe has no stage ${stage}`);
  const eligible = records.flatMap(({ kind }, index) => (data.kinds.includes(kind) ? [index] : []));
  if (data.fraction === 1) return eligible;
  const count = Math.max(1, Math.round(eligible.length * data.fraction));
  const chosen = shuffledIndices(eligible.length, recipe.seed, stage, fractionStream);
  const kept = [...chosen.subarray(0, count)].sort((a, b) => a - b);
  return kept.flatMap((position) => eligible[position] ?? []);
}

/** Optimiser steps of one epoch: the last batch may be smaller. */
export function stepsPerEpoch(recipe: Recipe, records: number): number {
  return Math.ceil(records / recipe.batch.records);
}

/** Which records the given step of a stage trains on, in order. */
export function stepRecords(
  recipe: Recipe,
  stage: number,
  eligible: readonly number[],
  step: number,
): number[] {
  const perEpoch = stepsPerEpoch(recipe, eligible.length);
  const epoch = Math.floor(step / perEpoch);
  const first = (step % perEpoch) * recipe.batch.records;
  const order = shuffledIndices(eligible.length, recipe.seed, epoch, shuffleStream + stage);
  const positions = [...order.subarray(first, first + recipe.batch.records)];
  return positions.flatMap((position) => eligible[position] ?? []);
}

/** Fits a preset to the data and the model: length of records, records and rows per step, and learning rate. */
import type { DataKind } from '../../../formats/records/record-types.ts';
import type { PresetName } from './presets.ts';
import type { Recipe } from './recipe.ts';

/** What a preset is fitted to. */
export interface FitFacts {
  readonly sets: readonly {
    readonly kind: DataKind;
    readonly records: number;
    /** Tokens that its records need, giants aside, to teach more than little. */
    readonly needed: number;
    /** Tokens of its longest record, giants aside. */
    readonly longest: number;
    /** Mean tokens of a record. */
    readonly mean: number;
  }[];
  /** The model's longest text, in tokens. */
  readonly context: number;
  readonly parameters: number;
}

/** Fewer optimiser steps than this in a stage hardly move a branch that begins at zero. */
const LEAST_STEPS = 20;
/** Smaller batches than this make the gradient too noisy for the rate. */
const LEAST_RECORDS = 4;
/** Lengths and rows are multiples of this. */
const LENGTH_STEP = 64;
/** Rows beyond those that a step fills on average, so that most steps are one micro-batch. */
const SPARE_ROWS = 1.25;
/**
 * The rate falls with the fourth root of the number of parameters, through the two rates that are known to do: the
 * paper's 2e-4 for 7 billion, and 2e-3 for the built-in model of 1.3 million.
 */
const PAPER = { parameters: 7e9, rate: 2e-4 } as const;
const RATES = { least: 1e-4, most: 3e-3 } as const;

/** The preset fitted to data and model. The paper's stays as it is published; so does a preset without data. */
export function fitted(preset: PresetName, recipe: Recipe, facts: FitFacts): Recipe {
  if (preset === 'paper' || facts.sets.length === 0) return recipe;
  const { batch, optimizer } = recipe;
  const maxLength = fittedLength(batch.maxLength, facts);
  const records = fittedRecords(recipe, facts);
  return {
    ...recipe,
    optimizer: { ...optimizer, learningRate: fittedRate(facts.parameters) },
    batch: {
      records,
      microBatchTokens: fittedRows({ ...batch, records, maxLength }, facts),
      maxLength,
    },
  };
}

/** The preset's length, but no more than the records have and no less than they need. */
function fittedLength(preset: number, { sets, context }: FitFacts): number {
  const needed = Math.max(...sets.map((set) => set.needed));
  const longest = Math.max(...sets.map((set) => set.longest));
  const length = Math.max(needed, Math.min(preset, longest));
  return Math.min(Math.ceil(length / LENGTH_STEP) * LENGTH_STEP, context);
}

/** The preset's records per step, halved until every stage has enough steps. */
function fittedRecords({ stages, batch }: Recipe, { sets }: FitFacts): number {
  const seen = stages.map(({ data, epochs }) => {
    const records = sets.reduce(
      (sum, set) => (data.kinds.includes(set.kind) ? sum + set.records : sum),
      0,
    );
    return records * data.fraction * epochs;
  });
  const fewest = Math.min(...seen.filter((count) => count > 0));
  let records = batch.records;
  while (records > LEAST_RECORDS && fewest / records < LEAST_STEPS)
    records = Math.ceil(records / 2);
  return records;
}

/** The preset's rows, but no more than the records of a step fill: empty rows take as long as others. */
function fittedRows({ records, microBatchTokens, maxLength }: Recipe['batch'], { sets }: FitFacts) {
  const all = sets.reduce((sum, set) => sum + set.records, 0);
  const tokens = sets.reduce((sum, set) => sum + set.records * Math.min(set.mean, maxLength), 0);
  const filled = (SPARE_ROWS * records * tokens) / Math.max(1, all);
  const rows = Math.ceil(filled / LENGTH_STEP) * LENGTH_STEP;
  return Math.max(maxLength, Math.min(microBatchTokens, rows));
}

/** One digit: more would claim a precision that no rule of thumb has. */
function fittedRate(parameters: number): number {
  const rate = PAPER.rate * (PAPER.parameters / Math.max(1, parameters)) ** 0.25;
  const held = Math.min(RATES.most, Math.max(RATES.least, rate));
  return Number(held.toPrecision(1));
}

/** How much work the stages of a run are: optimiser steps, and tokens. */
import type { StageLoad } from '../../contract/runs.ts';
import { DataOrder, type RecordPlace } from '../../engine/training/run/data-order.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import type { DataKind } from '../../formats/records/record-types.ts';
import type { Limit } from '../../text/labels/truncation.ts';
import type { TokenBook } from '../tokens/token-book.ts';

/** @param places of the records to train on; those not tokenised yet count as long as the others */
export function stageLoads(
  recipe: Recipe,
  places: readonly RecordPlace[],
  books: readonly TokenBook[],
  limit: Limit,
): StageLoad[] {
  const lengths = meanLengths(places, books, limit);
  return recipe.stages.map(({ epochs, data }, stage) => {
    const { steps, records } = new DataOrder(recipe, stage, places);
    const eligible = places.filter(({ kind }) => data.kinds.includes(kind));
    const tokens = eligible.reduce((sum, { kind }) => sum + (lengths.get(kind) ?? 0), 0);
    return { steps, tokens: (tokens * records * epochs) / Math.max(1, eligible.length) };
  });
}

/** Tokens that a record of each kind keeps, on average. */
function meanLengths(
  places: readonly RecordPlace[],
  books: readonly TokenBook[],
  { maxLength }: Limit,
): Map<DataKind, number> {
  const sums = new Map<DataKind, { tokens: number; records: number }>();
  for (const { kind, dataSet, row } of places) {
    const length = books[dataSet]?.lengthOf(row);
    if (length === undefined) continue;
    const sum = sums.get(kind) ?? { tokens: 0, records: 0 };
    sum.tokens += Math.min(length, maxLength);
    sum.records += 1;
    sums.set(kind, sum);
  }
  return new Map([...sums].map(([kind, { tokens, records }]) => [kind, tokens / records]));
}

/** What a run is made of: its model, the template, its data sets and its recipe. */
import { inputsHash } from '../../archive/fingerprints.ts';
import type { DataSetSummary } from '../../contract/data.ts';
import type { RunSummary } from '../../contract/runs.ts';
import type { Recipe } from '../../engine/training/recipe/recipe.ts';
import type { DatedTemplate } from '../../text/template/chat-template.ts';
import type { WorkerContext } from '../context.ts';
import type { OpenModel } from '../models/open-model.ts';

export interface RunInputs {
  readonly model: OpenModel;
  readonly template: DatedTemplate;
  readonly dataSets: readonly DataSetSummary[];
  readonly recipe: Recipe;
}

/**
 * Opens the model and the data sets of a run.
 * @param date of the run's beginning, for a template that writes the date: a resumed run gets the same date
 * @throws StudioError for a missing model or data set
 */
export async function openInputs(
  { storage, library }: WorkerContext,
  { modelId, dataSetIds, recipe }: Pick<RunSummary, 'modelId' | 'dataSetIds' | 'recipe'>,
  date?: Date,
): Promise<RunInputs> {
  const model = await library.open(modelId);
  const dataSets = await Promise.all(dataSetIds.map((id) => storage.dataSets.get(id)));
  return { model, template: model.template(date), dataSets, recipe };
}

/**
 * SHA-256 over everything that decides what a run sees.
 * @param order version of the rules for the order of records; null for the earliest rules
 */
export function inputsFingerprint(
  { model, template, dataSets, recipe }: RunInputs,
  order: number | null,
): string {
  const { tokenizerHash: tokenizer } = model;
  return inputsHash({ ...{ tokenizer, dataSets, recipe }, template: template.source }, order);
}

/** Chooses the prompts for a run's sample answers from its validation records. */
import { longestSamplePrompt, type SamplePrompts } from '../../engine/training/run/samples.ts';
import type { DataSets } from '../../storage/data-sets.ts';
import type { ModelText } from '../tokens/model-text.ts';
import type { PreparedRecords, PreparedRun } from '../data/prepare.ts';
import type { DataKind } from '../../contract/data.ts';
import type { SamplePrompt } from '../../contract/runs.ts';

export interface ChosenPrompts {
  readonly prompts: readonly SamplePrompt[];
  readonly ids: SamplePrompts;
}

/** Most records tried in the search for short enough prompts. */
const MOST_LOOKED_AT = 64;

/**
 * The first validation records of each kind in turn whose prompts are short enough: the same for the same
 * data and recipe. Null where the recipe asks for none or no record is suitable.
 */
export async function chooseSamplePrompts(
  stored: DataSets,
  { model, dataSets, recipe, records }: PreparedRun,
  texts: ModelText,
): Promise<ChosenPrompts | null> {
  const wanted = recipe.samples?.prompts ?? 0;
  const longest = longestSamplePrompt(model.config, recipe);
  if (wanted === 0 || longest === 0) return null;
  const prompts: SamplePrompt[] = [];
  const ids: Uint32Array[] = [];
  for (const { dataSet, row } of inTurns(records).slice(0, MOST_LOOKED_AT)) {
    if (prompts.length === wanted) break;
    const summary = dataSets[dataSet];
    const [record] = summary ? await stored.rows(summary.id, row, 1) : [];
    const last = record?.messages.findLastIndex(({ role }) => role === 'assistant') ?? -1;
    const asked = record?.messages.slice(0, Math.max(0, last)) ?? [];
    const text = asked.findLast(({ role }) => role === 'user')?.content;
    if (text === undefined) continue;
    const encoded = await texts.prompt(asked);
    if (encoded.length > longest) continue;
    prompts.push({ dataSet, row, text, reference: record?.messages[last]?.content ?? '' });
    ids.push(encoded);
  }
  if (prompts.length === 0) return null;
  const stops = (await texts.stopIds()).slice(0, 16);
  return { prompts, ids: { prompts: ids, stopIds: stops } };
}

/** Knowledge and alignment records alternating, each kind in its order. */
function inTurns({ validation }: PreparedRecords): PreparedRecords['validation'] {
  const of = (kind: DataKind) => validation.filter((one) => one.kind === kind);
  const [first, second] = [of('knowledge'), of('alignment')];
  return Array.from({ length: Math.max(first.length, second.length) }, (_, i) =>
    [first[i], second[i]].flatMap((record) => record ?? []),
  ).flat();
}

/** Says in words where a model came from. */
import { hubHost } from '../../studio/models/hub.ts';
import type { ModelSummary } from '../../contract/models.ts';
import { factsText, modelText } from './text.ts';

/** Where a model came from, in words. */
export function sourceOf({ source, origin }: Pick<ModelSummary, 'source' | 'origin'>): string {
  const t = modelText();
  if (source === 'built-in') return t.fromStudio;
  if (!origin) return t.fromFiles;
  const file = origin.choice === 'safetensors' ? '' : origin.choice;
  return t.fromHub(origin.name, file, hubHost(origin.hub));
}

/** Under which terms a model may be used, as its files say. */
export function licenceOf({ licence }: Pick<ModelSummary, 'licence'>): string {
  return licence === '' || licence === 'not stated' ? factsText().notStated : licence; // words: as it is stored
}

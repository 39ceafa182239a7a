import { hubHost } from '../../studio/hub.ts';
import type { ModelSummary } from '../../worker/protocol.ts';
import { modelText } from './text.ts';

/** Where a model came from, in words. */
export function sourceOf({ source, origin }: Pick<ModelSummary, 'source' | 'origin'>): string {
  const t = modelText();
  if (source === 'built-in') return t.fromStudio;
  if (!origin) return t.fromFiles;
  const file = origin.choice === 'safetensors' ? '' : origin.choice;
  return t.fromHub(origin.name, file, hubHost(origin.hub));
}

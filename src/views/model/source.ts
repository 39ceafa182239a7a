import { hubHost } from '../../studio/hub.ts';
import type { ModelSummary } from '../../worker/protocol.ts';

/** Where a model came from, in words. */
export function sourceOf({ source, origin }: Pick<ModelSummary, 'source' | 'origin'>): string {
  if (source === 'built-in') return 'the studio';
  if (!origin) return 'your files';
  const file = origin.choice === 'safetensors' ? '' : `, ${origin.choice}`;
  return `${origin.name}${file} on ${hubHost(origin.hub)}`;
}

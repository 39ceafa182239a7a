/** One text for each state of a model, to find it by. */
import type { ModelVariant } from '../../contract/fields.ts';

export function variantKey({ modelId, runId, snapshot }: ModelVariant): string {
  return JSON.stringify([modelId, runId, snapshot]);
}

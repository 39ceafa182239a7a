/** One text for each state of a model, to find it by. */
import type { ModelVariant } from '../../worker/protocol.ts';

export function variantKey({ modelId, runId, snapshot }: ModelVariant): string {
  return JSON.stringify([modelId, runId, snapshot]);
}

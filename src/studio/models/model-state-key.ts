/** One text for each model state, to find it by. */
import type { ModelStateId } from '../../contract/fields.ts';

export function modelStateKey({ modelId, runId, snapshot }: ModelStateId): string {
  return JSON.stringify([modelId, runId, snapshot]);
}

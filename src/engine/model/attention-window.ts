/** Which layers of a model look back over a window only, told from config.json as transformers tells it. */
import { z } from 'zod';
import type { ConfigForm } from './architectures/architecture.ts';
import type { RopeFaults } from './rope-config.ts';

export const windowFields = {
  use_sliding_window: z.boolean().nullish(),
  /** 0 and less are how some programs write that there is none. */
  sliding_window: z.union([z.int(), z.literal(false)]).nullish(),
  max_window_layers: z.int().nullish(),
  layer_types: z.array(z.string().max(60)).max(512).nullish(),
};

type WindowFields = z.infer<z.ZodObject<typeof windowFields>>;

/** What transformers takes where the field is not there; null there means no window. */
const DEFAULT_WINDOW = 4096;
const DEFAULT_FIRST_LAYER = 28;

/** The window of the layers that have one; null where every layer sees all positions before it. */
export function smallestWindow(
  kind: ConfigForm['windows'],
  raw: WindowFields,
  layers: number,
  faults: RopeFaults,
): number | null {
  const declared = raw.sliding_window === undefined ? DEFAULT_WINDOW : raw.sliding_window;
  const window = declared && declared > 0 ? declared : null;
  if (kind === 'none') return null;
  if (kind === 'every-layer') return window;
  const named = raw.layer_types ?? null;
  const types = named?.slice(0, layers) ?? null;
  if (named !== null && named.length < layers) {
    throw faults.invalid({ reason: 'layer-types', entries: named.length, layers });
  }
  const unknown = types?.find((type) => type !== 'full_attention' && type !== 'sliding_attention');
  if (unknown !== undefined) {
    throw faults.unsupported({ reason: 'layer-type', type: unknown });
  }
  const allowed = raw.use_sliding_window === true ? window : null;
  if (types !== null) {
    if (!types.includes('sliding_attention')) return null;
    if (allowed !== null) return allowed;
    throw faults.invalid({ reason: 'no-window' });
  }
  const firstLayer = raw.max_window_layers ?? DEFAULT_FIRST_LAYER;
  return firstLayer < layers ? allowed : null;
}

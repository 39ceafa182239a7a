/** Which layers of a model attend over a window only, read from config.json as transformers reads it. */
import { z } from 'zod';
import type { ConfigForm } from './architectures/architecture.ts';
import type { RopeFaults } from './rope-config.ts';

/**
 * The fields of config.json that state windows.
 * @internal
 */
export const windowFields = {
  use_sliding_window: z.boolean().nullish(),
  /** Some programs write 0 or less to say that there is no window. */
  sliding_window: z.union([z.int(), z.literal(false)]).nullish(),
  max_window_layers: z.int().nullish(),
  sliding_window_pattern: z.int().min(1).max(512).nullish(),
  layer_types: z.array(z.string().max(60)).max(512).nullish(),
};

type WindowFields = z.infer<z.ZodObject<typeof windowFields>>;

/** transformers' default where the field is absent; null there means no window. */
const DEFAULT_WINDOW = 4096;
const DEFAULT_FIRST_LAYER = 28;

/** transformers' local layers where the field is absent: all but every sixth. */
const DEFAULT_PATTERN = 6;

/** A window, and the layers that look back over it only. */
export interface Windows {
  readonly window: number;
  readonly layers: readonly boolean[];
}

/**
 * The window of the layers that have one; null where every layer sees all positions before it.
 * @internal
 */
export function parseWindows(
  kind: ConfigForm['windows'],
  raw: WindowFields,
  layers: number,
  faults: RopeFaults,
): Windows | null {
  const declared =
    raw.sliding_window === undefined && kind !== 'every-layer-if-stated'
      ? DEFAULT_WINDOW
      : raw.sliding_window;
  const window = declared && declared > 0 ? declared : null;
  const every = (windowed: (layer: number) => boolean): boolean[] =>
    Array.from({ length: layers }, (_, layer) => windowed(layer));
  if (kind === 'none') return null;
  if (kind === 'every-layer' || kind === 'every-layer-if-stated') {
    return window === null ? null : { window, layers: every(() => true) };
  }
  const types = layerTypes(raw, layers, faults);
  const isLocal = (layer: number): boolean => types?.[layer] === 'sliding_attention';
  if (kind === 'local-layers') {
    const pattern = raw.sliding_window_pattern ?? DEFAULT_PATTERN;
    const local = every((layer) => (types ? isLocal(layer) : (layer + 1) % pattern !== 0));
    if (!local.includes(true)) return null;
    if (window === null) throw faults.invalid({ reason: 'no-sliding-window' });
    return { window, layers: local };
  }
  const allowed = raw.use_sliding_window === true ? window : null;
  if (types !== null) {
    if (!types.includes('sliding_attention')) return null;
    if (allowed !== null) return { window: allowed, layers: every(isLocal) };
    throw faults.invalid({ reason: 'no-window' });
  }
  const firstLayer = raw.max_window_layers ?? DEFAULT_FIRST_LAYER;
  if (allowed === null || firstLayer >= layers) return null;
  return { window: allowed, layers: every((layer) => layer >= firstLayer) };
}

/** `layer_types` of the model's layers, or null where the field is absent. */
function layerTypes(
  raw: WindowFields,
  layers: number,
  faults: RopeFaults,
): readonly string[] | null {
  const named = raw.layer_types ?? null;
  if (named === null) return null;
  if (named.length < layers) {
    throw faults.invalid({ reason: 'layer-types', entries: named.length, layers });
  }
  const types = named.slice(0, layers);
  const unknown = types.find((type) => type !== 'full_attention' && type !== 'sliding_attention');
  if (unknown !== undefined) {
    throw faults.unsupported({ reason: 'layer-type', type: unknown });
  }
  return types;
}

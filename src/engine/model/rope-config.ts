/** How config.json states rotary positions, in the dialects of transformers 4 and 5. */
import type { ConfigObstacle, ConfigReason } from '../../faults/catalogue/models.ts';
import { z } from 'zod';
import type { RopeScaling } from '../../formats/weights/config-fields.ts';

export interface Rope {
  readonly theta: number;
  readonly scaling: RopeScaling;
}

const theta = z.number().gt(1).max(1e12).nullish();
const factors = z.array(z.number().gt(0)).max(512).nullish();
const ropeParameters = z
  .object({
    rope_type: z.string().nullish(),
    type: z.string().nullish(),
    rope_theta: theta,
    partial_rotary_factor: z.number().nullish(),
    factor: z.number().gt(0).max(1e4).nullish(),
    low_freq_factor: z.number().gt(0).nullish(),
    high_freq_factor: z.number().gt(0).nullish(),
    original_max_position_embeddings: z.int().min(1).nullish(),
    attention_factor: z.unknown().optional(),
    short_factor: factors,
    // Positions of each kind of layer.
    full_attention: z.unknown().optional(),
    sliding_attention: z.unknown().optional(),
  })
  .nullish();

/**
 * The fields of config.json that state rotary positions.
 * @internal
 */
export const ropeFields = {
  rope_theta: theta,
  rope_local_base_freq: theta,
  original_max_position_embeddings: z.int().min(1).nullish(),
  rope_scaling: ropeParameters,
  rope_parameters: ropeParameters,
  partial_rotary_factor: z.number().nullish(),
  max_position_embeddings: z.int().min(1).max(16_777_216).nullish(),
};

type RopeFields = z.infer<z.ZodObject<typeof ropeFields>>;
type Parameters = NonNullable<z.infer<typeof ropeParameters>>;

export interface RopeFaults {
  readonly invalid: (why: ConfigReason) => Error;
  readonly unsupported: (obstacle: ConfigObstacle) => Error;
}

interface RopeSizes {
  /** Positions that the config states. */
  readonly context: number;
  /** Values of a head. */
  readonly headSize: number;
  /** The base where none is stated. */
  readonly theta?: number | undefined;
}

const DEFAULT_THETA = 10_000;

const isGiven = (value: unknown): boolean => value !== undefined && value !== null;

/**
 * Base and scaling of the rotary positions. Where a file has both dialects, `rope_scaling` decides, as in
 * transformers 4 and 5.
 * @internal
 */
export function parseRope(raw: RopeFields, sizes: RopeSizes, faults: RopeFaults): Rope {
  const declared = [raw.rope_scaling, raw.rope_parameters].find(
    (fields) => fields && Object.values(fields).some((value) => value !== null),
  );
  const parameters = declared ?? {};
  if (isGiven(parameters.full_attention) || isGiven(parameters.sliding_attention)) {
    throw faults.unsupported({ reason: 'rope-by-layer' });
  }
  const partial = parameters.partial_rotary_factor ?? raw.partial_rotary_factor ?? 1;
  if (partial !== 1) {
    throw faults.unsupported({ reason: 'rotated-part', part: partial });
  }
  return {
    theta:
      parameters.rope_theta ??
      raw.rope_theta ??
      raw.rope_parameters?.rope_theta ??
      sizes.theta ??
      DEFAULT_THETA,
    scaling: scalingOf(
      { original_max_position_embeddings: raw.original_max_position_embeddings, ...parameters },
      sizes,
      faults,
    ),
  };
}

function scalingOf(
  parameters: Parameters,
  { context, headSize }: RopeSizes,
  faults: RopeFaults,
): RopeScaling {
  const { factor } = parameters;
  const type = parameters.rope_type ?? parameters.type;
  const scales = factor ?? parameters.low_freq_factor ?? parameters.high_freq_factor;
  if (type === undefined || type === null) {
    // Programs disagree on the meaning of a factor alone, so it is not accepted.
    if (scales === undefined || scales === null || scales === 1) return { type: 'none' };
    throw faults.unsupported({ reason: 'rope-untyped', factor: scales });
  }
  if (type === 'default') return { type: 'none' };
  if (type === 'dynamic') {
    // It scales only beyond the original context.
    const original = parameters.original_max_position_embeddings ?? context;
    if (original >= context) return { type: 'none' };
    throw faults.unsupported({ reason: 'rope-dynamic', original });
  }
  if (type === 'linear') {
    if (factor === undefined || factor === null) {
      throw faults.invalid({ reason: 'linear-factor' });
    }
    return factor === 1 ? { type: 'none' } : { type: 'linear', factor };
  }
  if (type === 'llama3') {
    const low = parameters.low_freq_factor ?? 0;
    const high = parameters.high_freq_factor ?? 0;
    const original = parameters.original_max_position_embeddings ?? 0;
    if (!factor || low === 0 || high === 0 || original === 0) {
      throw faults.invalid({ reason: 'llama3-factor' });
    }
    return {
      type: 'llama3',
      factor,
      lowFrequencyFactor: low,
      highFrequencyFactor: high,
      originalContext: original,
    };
  }
  if (type === 'longrope' || type === 'su') {
    const original = parameters.original_max_position_embeddings ?? context;
    return longrope(
      parameters,
      { original, stretch: factor ?? context / original, headSize },
      faults,
    );
  }
  if (type === 'yarn' && factor === 1 && !isGiven(parameters.attention_factor)) {
    return { type: 'none' };
  }
  throw faults.unsupported({ reason: 'rope-type', type: type.slice(0, 60) });
}

/**
 * Positions up to which a stretched model uses its short factors; other models have no second context.
 * @internal
 */
export function unstretchedContext(raw: RopeFields, context: number): number {
  const declared = [raw.rope_scaling, raw.rope_parameters].find((fields) => fields?.short_factor);
  if (!declared) return context;
  const original =
    declared.original_max_position_embeddings ?? raw.original_max_position_embeddings ?? context;
  return Math.min(context, original);
}

/** Longrope within the original context: short factors, and scores that are sharpened by a magnitude. */
function longrope(
  parameters: Parameters,
  sizes: { readonly original: number; readonly stretch: number; readonly headSize: number },
  faults: RopeFaults,
): RopeScaling {
  const { original, stretch, headSize } = sizes;
  const factors = parameters.short_factor ?? [];
  if (factors.length !== headSize / 2) {
    throw faults.invalid({ reason: 'longrope-factors', factors: factors.length, headSize });
  }
  const stated = z.number().gt(0).safeParse(parameters.attention_factor);
  const derived = stretch <= 1 ? 1 : Math.sqrt(1 + Math.log(stretch) / Math.log(original));
  return { type: 'longrope', factors, magnitude: stated.success ? stated.data : derived };
}

/**
 * The ropes of all layers and of local ones, where these differ (Gemma 3), in both dialects.
 * @internal
 */
export function parseLayerRopes(
  raw: RopeFields,
  sizes: RopeSizes,
  faults: RopeFaults,
): { readonly rope: Rope; readonly local: Rope } {
  const kinds = raw.rope_parameters ?? {};
  const part = (value: unknown): Parameters => {
    const parsed = ropeParameters.safeParse(value);
    if (!parsed.success) throw faults.invalid({ reason: 'rope-parameters' });
    return parsed.data ?? {};
  };
  const full = part(kinds.full_attention);
  const local = part(kinds.sliding_attention);
  const base = { ...raw, rope_parameters: null };
  return {
    rope: parseRope(
      {
        ...base,
        rope_theta: full.rope_theta ?? raw.rope_theta,
        rope_scaling: raw.rope_scaling ?? full,
      },
      sizes,
      faults,
    ),
    local: parseRope(
      {
        ...base,
        rope_theta: local.rope_theta ?? raw.rope_local_base_freq,
        rope_scaling: local,
      },
      { ...sizes, theta: DEFAULT_THETA },
      faults,
    ),
  };
}

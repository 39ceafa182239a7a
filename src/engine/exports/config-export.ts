/** The config.json that goes with exported weights, for transformers 4 and 5 alike. */
import { architectureNamed } from '../model/architectures/index.ts';
import type { ModelConfig } from '../model/config.ts';
import { isJsonObject, type JsonObject } from '../../formats/texts/json.ts';
import { modelFields, ropeScalingField } from '../../formats/weights/config-fields.ts';

/**
 * The model's own configuration, adjusted to the export: the class with a head, the element type, no
 * quantisation, and the rotary positions in both dialects. transformers 4 reads `rope_theta` and
 * `rope_scaling` and ignores `rope_parameters`; if a file has only the latter, it takes a base of 10,000 unasked.
 * @param dtype as torch names it
 */
export function exportedConfig(
  declared: JsonObject,
  config: ModelConfig,
  dtype: string,
): Record<string, unknown> {
  const { quantization_config: _quantised, pad_token_id: pad, ...kept } = declared;
  const scaling = declaredScaling(declared) ?? ropeScalingField(config.ropeScaling);
  const rope = { rope_theta: config.ropeTheta, ...(scaling ?? { rope_type: 'default' }) };
  const padding = typeof pad === 'number' && pad >= 0 && pad < config.vocabularySize ? pad : null;
  return {
    ...kept,
    ...modelFields(architectureNamed(config.architecture), {
      ...config,
      // The context to which longrope stretches decides its magnitude.
      contextLength: config.ropeScaling.type === 'longrope' ? null : config.contextLength,
    }),
    // transformers refuses to make an embedding that lacks its padding token.
    ...(pad === undefined ? {} : { pad_token_id: padding }),
    rope_theta: config.ropeTheta,
    rope_scaling: scaling,
    ...localRope(config, rope),
    dtype,
    torch_dtype: dtype,
  };
}

/** `rope_parameters`, and beside it transformers 4's name for the base of local layers. */
function localRope(
  { architecture, local }: ModelConfig,
  rope: Record<string, unknown>,
): Record<string, unknown> {
  if (architectureNamed(architecture).config.windows !== 'local-layers') {
    return { rope_parameters: rope };
  }
  if (!local) return { rope_parameters: { full_attention: rope } };
  const { theta, scaling } = local.rope;
  const own = { rope_theta: theta, ...(ropeScalingField(scaling) ?? { rope_type: 'default' }) };
  return {
    rope_local_base_freq: theta,
    rope_parameters: { full_attention: rope, sliding_attention: own },
    sliding_window: local.window,
    layer_types: local.layers.map((is) => (is ? 'sliding_attention' : 'full_attention')),
  };
}

/**
 * Scaling that begins beyond the context, or is another there: nothing or half of it here, and all of it to
 * programs that go further.
 */
function declaredScaling({ rope_scaling, rope_parameters }: JsonObject): JsonObject | null {
  const declared = [rope_scaling, rope_parameters].find(
    (fields) => isJsonObject(fields) && Object.keys(fields).length > 0,
  );
  if (!isJsonObject(declared)) return null;
  const { type, rope_type, rope_theta: _theta, ...rest } = declared;
  switch (rope_type ?? type) {
    case 'dynamic':
      return { rope_type: 'dynamic', ...rest };
    case 'su':
    case 'longrope':
      return { rope_type: 'longrope', ...rest };
    default:
      return null;
  }
}

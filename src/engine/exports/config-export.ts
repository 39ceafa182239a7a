/** config.json as it has to be beside exported weights, for transformers 4 and 5 alike. */
import { architectureNamed } from '../model/architectures/index.ts';
import type { ModelConfig } from '../model/config.ts';
import type { RopeScaling } from '../kernels/attention/rotary-tables.ts';
import { isJsonObject, type JsonObject } from '../../formats/texts/json.ts';

/**
 * What the model came with, made true of the export: the class with a head, the element type, no
 * quantisation, and the rotary positions in both dialects. transformers 4 reads `rope_theta` and
 * `rope_scaling` and ignores `rope_parameters`; where only that stands it takes a base of 10,000 unasked.
 * @param dtype as torch names it
 */
export function exportedConfig(
  declared: JsonObject,
  config: ModelConfig,
  dtype: string,
): Record<string, unknown> {
  const { quantization_config: _quantised, pad_token_id: pad, ...kept } = declared;
  const scaling = declaredDynamic(declared) ?? written(config.ropeScaling);
  const padding = typeof pad === 'number' && pad >= 0 && pad < config.vocabularySize ? pad : null;
  return {
    ...kept,
    architectures: [architectureNamed(config.architecture).className],
    head_dim: config.headSize,
    num_key_value_heads: config.keyValueHeads,
    max_position_embeddings: config.contextLength,
    rms_norm_eps: config.rmsEpsilon,
    tie_word_embeddings: config.tiedHead,
    // transformers refuses to make an embedding whose padding token it does not have.
    ...(pad === undefined ? {} : { pad_token_id: padding }),
    rope_theta: config.ropeTheta,
    rope_scaling: scaling,
    rope_parameters: { rope_theta: config.ropeTheta, ...(scaling ?? { rope_type: 'default' }) },
    dtype,
    torch_dtype: dtype,
  };
}

function written(scaling: RopeScaling): JsonObject | null {
  switch (scaling.type) {
    case 'none':
      return null;
    case 'linear':
      return { rope_type: 'linear', factor: scaling.factor };
    case 'llama3':
      return {
        rope_type: 'llama3',
        factor: scaling.factor,
        low_freq_factor: scaling.lowFrequencyFactor,
        high_freq_factor: scaling.highFrequencyFactor,
        original_max_position_embeddings: scaling.originalContext,
      };
  }
}

/** Scaling that begins beyond the context: nothing here, and something to programs that go further. */
function declaredDynamic({ rope_scaling, rope_parameters }: JsonObject): JsonObject | null {
  const declared = [rope_scaling, rope_parameters].find(
    (fields) => isJsonObject(fields) && Object.keys(fields).length > 0,
  );
  if (!isJsonObject(declared)) return null;
  const { type, rope_type, rope_theta: _theta, ...rest } = declared;
  return (rope_type ?? type) === 'dynamic' ? { rope_type: 'dynamic', ...rest } : null;
}

/** The model that generates: 3.67 million random weights. */
import { describeWeights, checkpointShapes } from '../../../src/engine/model/weights.ts';
import { parseModelConfig, type ModelConfig } from '../../../src/engine/model/config.ts';
import { float16ToFloat32, float32ToFloat16 } from '../../../src/formats/weights/float-bits.ts';
import type { Values } from '../race.ts';
import { uniformValues } from '../values.ts';

/** Id of the token of the letter a: the vocabulary is three special tokens, the letters, and more. */
export const firstLetterId = 3;

/** A Llama of 3.67 million parameters. */
export function smallLlama(): ModelConfig {
  return parseModelConfig({
    model_type: 'llama',
    hidden_size: 256,
    intermediate_size: 768,
    num_hidden_layers: 4,
    num_attention_heads: 8,
    num_key_value_heads: 8,
    vocab_size: 512,
    max_position_embeddings: 1024,
    rope_theta: 10_000,
    rms_norm_eps: 1e-6,
    tie_word_embeddings: false,
  });
}

export interface NamedWeights {
  readonly config: ModelConfig;
  /** Every tensor under its Hugging Face name. */
  readonly tensors: ReadonlyMap<string, { shape: readonly number[]; values: Values }>;
}

/** Random weights, each a float16 number, so that every contestant's file holds the same. */
export function randomWeights(config: ModelConfig): NamedWeights {
  const shapes = checkpointShapes(describeWeights(config, 1));
  const tensors = new Map(
    shapes.map(({ name, shape }, index) => {
      const count = shape.reduce((product, size) => product * size, 1);
      const isNorm = shape.length === 1;
      const drawn = uniformValues(count, 100 + index, isNorm ? 0.2 : 0.1);
      const values = drawn.map((value) =>
        float16ToFloat32(float32ToFloat16(isNorm ? 1 + value : value)),
      );
      return [name, { shape, values }] as const;
    }),
  );
  return { config, tensors };
}

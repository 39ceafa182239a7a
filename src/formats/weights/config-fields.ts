/** The fields of config.json that a reader of GGUF files and an export write alike, one form for all architectures. */
import type { ArchitectureNames } from '../gguf/gguf-names.ts';
import type { JsonObject } from '../texts/json.ts';

/** How positions beyond the trained context are scaled. */
export type RopeScaling =
  | { readonly type: 'none' }
  | { readonly type: 'linear'; readonly factor: number }
  | Llama3Scaling
  | {
      /** Divides each frequency by a separate factor; multiplies cosine and sine by `magnitude`. */
      readonly type: 'longrope';
      readonly factors: readonly number[];
      readonly magnitude: number;
    };

/** Llama 3's scaling: short wavelengths as they are, long ones divided by `factor`, a blend between. */
export interface Llama3Scaling {
  readonly type: 'llama3';
  readonly factor: number;
  readonly lowFrequencyFactor: number;
  readonly highFrequencyFactor: number;
  readonly originalContext: number;
}

/** What config.json states of a model under an architecture's class. */
interface StatedModel {
  readonly headSize: number;
  readonly keyValueHeads: number;
  /** null: as the declared file has it. */
  readonly contextLength: number | null;
  readonly rmsEpsilon: number;
  readonly tiedHead: boolean;
}

/** Class, sizes and head. */
export function modelFields(
  { className }: Pick<ArchitectureNames, 'className'>,
  { headSize, keyValueHeads, contextLength, rmsEpsilon, tiedHead }: StatedModel,
): JsonObject {
  return {
    architectures: [className],
    head_dim: headSize,
    num_key_value_heads: keyValueHeads,
    ...(contextLength === null ? {} : { max_position_embeddings: contextLength }),
    rms_norm_eps: rmsEpsilon,
    tie_word_embeddings: tiedHead,
  };
}

/**
 * `rope_scaling`; null where positions are not scaled, and for longrope, of which only the file that
 * declares it knows all factors.
 */
export function ropeScalingField(scaling: RopeScaling): JsonObject | null {
  switch (scaling.type) {
    case 'longrope':
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

import { z } from 'zod';
import { StudioError } from '../../errors.ts';

export const architectures = ['qwen2', 'qwen3', 'llama', 'mistral'] as const;
export type Architecture = (typeof architectures)[number];

export type RopeScaling =
  | { readonly type: 'none' }
  | { readonly type: 'linear'; readonly factor: number }
  | {
      readonly type: 'llama3';
      readonly factor: number;
      readonly lowFrequencyFactor: number;
      readonly highFrequencyFactor: number;
      readonly originalContext: number;
    };

/** A decoder-only transformer as config.json describes it, in one dialect. */
export interface ModelConfig {
  readonly architecture: Architecture;
  readonly hiddenSize: number;
  readonly layers: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  readonly feedForwardSize: number;
  readonly vocabularySize: number;
  readonly contextLength: number;
  readonly rmsEpsilon: number;
  readonly ropeTheta: number;
  readonly ropeScaling: RopeScaling;
  readonly tiedHead: boolean;
  /** Bias on q, k and v (qwen2), and on o (llama with attention_bias). */
  readonly queryKeyValueBias: boolean;
  readonly outputBias: boolean;
  readonly feedForwardBias: boolean;
  /** RMSNorm over each head of q and k before the rotation (qwen3). */
  readonly queryKeyNorm: boolean;
}

const ropeParameters = z.object({
  rope_type: z.string().optional(),
  type: z.string().optional(),
  rope_theta: z.number().gt(1).max(1e12).optional(),
  factor: z.number().gt(0).max(1e4).optional(),
  low_freq_factor: z.number().gt(0).optional(),
  high_freq_factor: z.number().gt(0).optional(),
  original_max_position_embeddings: z.int().min(1).optional(),
});

const document = z.object({
  model_type: z.string(),
  hidden_size: z.int().min(1).max(32768),
  num_hidden_layers: z.int().min(1).max(512),
  num_attention_heads: z.int().min(1).max(1024),
  num_key_value_heads: z.int().min(1).max(1024).optional(),
  head_dim: z.int().min(2).max(256).nullish(),
  intermediate_size: z.int().min(1).max(262144),
  vocab_size: z.int().min(1).max(1_000_000),
  max_position_embeddings: z.int().min(1).max(16_777_216),
  rms_norm_eps: z.number().gt(0).max(1).default(1e-6),
  hidden_act: z.string().default('silu'),
  tie_word_embeddings: z.boolean().default(false),
  attention_bias: z.boolean().optional(),
  mlp_bias: z.boolean().optional(),
  rope_theta: z.number().gt(1).max(1e12).optional(),
  rope_scaling: ropeParameters.nullish(),
  rope_parameters: ropeParameters.nullish(),
  use_sliding_window: z.boolean().optional(),
  sliding_window: z.int().min(1).nullish(),
  quantization_config: z.unknown().optional(),
});

function unsupported(reason: string, remedy: string): StudioError {
  return new StudioError({
    code: 'config-unsupported',
    message: `config.json describes something this studio cannot run: ${reason}.`,
    kept: 'Models already loaded.',
    remedy,
    data: { reason, remedy },
  });
}

function invalid(reason: string): StudioError {
  return new StudioError({
    code: 'config-invalid',
    message: `config.json is not a usable model description: ${reason}.`,
    kept: 'Models already loaded.',
    remedy: 'Take config.json from the original model folder, unchanged.',
    data: { reason },
  });
}

/**
 * A configuration from untrusted JSON, in either dialect (`rope_theta`/`rope_scaling` or
 * `rope_parameters`).
 * @throws StudioError `architecture-unknown`, `config-invalid`, `config-unsupported`
 */
export function parseModelConfig(json: unknown): ModelConfig {
  const named = z.object({ model_type: z.string() }).safeParse(json);
  if (!named.success) throw invalid('it has no model_type');
  const architecture = architectures.find((name) => name === named.data.model_type);
  if (!architecture) {
    throw new StudioError({
      code: 'architecture-unknown',
      message: `The architecture "${named.data.model_type.slice(0, 60)}" is not supported.`,
      kept: 'Models already loaded.',
      remedy: `Take a model of one of these types: ${architectures.join(', ')}.`,
      data: {
        architecture: named.data.model_type.slice(0, 60),
        supported: architectures.join(', '),
      },
    });
  }
  const parsed = document.safeParse(json);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw invalid(`${issue?.path.join('.') ?? 'top level'}: ${issue?.message ?? 'wrong shape'}`);
  }
  const raw = parsed.data;
  const heads = raw.num_attention_heads;
  const keyValueHeads = raw.num_key_value_heads ?? heads;
  if (heads % keyValueHeads !== 0) {
    throw invalid(`${keyValueHeads} key/value heads do not divide ${heads} heads`);
  }
  const headSize = raw.head_dim ?? raw.hidden_size / heads;
  if (!Number.isInteger(headSize)) {
    throw invalid(`${heads} heads do not divide the hidden size ${raw.hidden_size}`);
  }
  if (headSize % 2 !== 0 || headSize > 256) {
    throw unsupported(`a head size of ${headSize}`, 'Head sizes must be even and at most 256.');
  }
  if (raw.hidden_act !== 'silu') {
    throw unsupported(`the activation "${raw.hidden_act}"`, 'Take a model with SiLU-gated FFN.');
  }
  if (raw.quantization_config !== undefined && raw.quantization_config !== null) {
    throw unsupported('quantised weights', 'Take the original f32, f16 or bf16 weights.');
  }
  const window = raw.sliding_window ?? null;
  const slides = architecture === 'mistral' ? window !== null : raw.use_sliding_window === true;
  if (slides && window !== null && window < raw.max_position_embeddings) {
    throw unsupported(
      `sliding-window attention over ${window} positions`,
      'Take a model with full attention, or set sliding_window to null to use at most that context.',
    );
  }
  return {
    architecture,
    hiddenSize: raw.hidden_size,
    layers: raw.num_hidden_layers,
    heads,
    keyValueHeads,
    headSize,
    feedForwardSize: raw.intermediate_size,
    vocabularySize: raw.vocab_size,
    contextLength: raw.max_position_embeddings,
    rmsEpsilon: raw.rms_norm_eps,
    ropeTheta: raw.rope_parameters?.rope_theta ?? raw.rope_theta ?? 10000,
    ropeScaling: ropeScaling(raw),
    tiedHead: raw.tie_word_embeddings,
    queryKeyValueBias: architecture === 'qwen2' || raw.attention_bias === true,
    outputBias: architecture !== 'qwen2' && raw.attention_bias === true,
    feedForwardBias: raw.mlp_bias === true,
    queryKeyNorm: architecture === 'qwen3',
  };
}

function ropeScaling(raw: z.infer<typeof document>): RopeScaling {
  const parameters = raw.rope_parameters ?? raw.rope_scaling;
  const type = parameters?.rope_type ?? parameters?.type ?? 'default';
  if (!parameters || type === 'default') return { type: 'none' };
  if (type === 'linear' && parameters.factor !== undefined) {
    return { type: 'linear', factor: parameters.factor };
  }
  if (type === 'llama3') {
    const { factor, low_freq_factor, high_freq_factor, original_max_position_embeddings } =
      parameters;
    if (
      factor === undefined ||
      low_freq_factor === undefined ||
      high_freq_factor === undefined ||
      original_max_position_embeddings === undefined
    ) {
      throw invalid('its llama3 rope scaling lacks a factor');
    }
    return {
      type: 'llama3',
      factor,
      lowFrequencyFactor: low_freq_factor,
      highFrequencyFactor: high_freq_factor,
      originalContext: original_max_position_embeddings,
    };
  }
  throw unsupported(`rope scaling of type "${type}"`, 'Supported are default, linear and llama3.');
}

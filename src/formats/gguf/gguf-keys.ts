/** Fields of config.json and the GGUF keys that mean the same, one map for both directions. */
export interface ConfigKey {
  /** Field of config.json. */
  readonly field: string;
  /** Key below the architecture's name. */
  readonly key: string;
  readonly type: 'uint32' | 'float32';
}

/** Keys that every architecture's file states, in the order in which they are written. */
export const configKeys = [
  { field: 'num_hidden_layers', key: 'block_count', type: 'uint32' },
  { field: 'max_position_embeddings', key: 'context_length', type: 'uint32' },
  { field: 'hidden_size', key: 'embedding_length', type: 'uint32' },
  { field: 'intermediate_size', key: 'feed_forward_length', type: 'uint32' },
  { field: 'num_attention_heads', key: 'attention.head_count', type: 'uint32' },
  { field: 'num_key_value_heads', key: 'attention.head_count_kv', type: 'uint32' },
  { field: 'head_dim', key: 'attention.key_length', type: 'uint32' },
  { field: 'head_dim', key: 'attention.value_length', type: 'uint32' },
  { field: 'rms_norm_eps', key: 'attention.layer_norm_rms_epsilon', type: 'float32' },
  { field: 'rope_theta', key: 'rope.freq_base', type: 'float32' },
  { field: 'head_dim', key: 'rope.dimension_count', type: 'uint32' },
  { field: 'vocab_size', key: 'vocab_size', type: 'uint32' },
] as const satisfies readonly ConfigKey[];

/** A field of `configKeys`. */
export type ConfigField = (typeof configKeys)[number]['field'];

/** The full key of a field; the first where there are several. @throws RangeError for a field without a key */
export function ggufKey(architecture: string, field: ConfigField): string {
  const found = configKeys.find((entry) => entry.field === field);
  if (!found) throw new RangeError(`No GGUF key stands for ${field}`);
  return `${architecture}.${found.key}`;
}

/**
 * A decoder in llama.cpp's terms: its names for architectures, tensors and settings, and the order of
 * rows that its rotary positions expect.
 */
import type { ModelConfig } from '../../engine/model/config.ts';
import { StudioError } from '../../errors.ts';
import type {
  GgufEntry,
  GgufTensorToWrite,
  WrittenTensorType,
} from '../../formats/gguf/gguf-writer.ts';
import { rowPieces, rowSize } from '../../formats/weights/merged-weights.ts';
import type { MergedWeights, NamedShape } from '../../formats/weights/merged-weights.ts';

export type GgufFormat = 'F16' | 'Q8_0' | 'Q4_0';

/** llama.cpp's number for what most tensors of a file are. */
const FILE_TYPES: Readonly<Record<GgufFormat, number>> = { F16: 1, Q4_0: 2, Q8_0: 7 };

/** Mistral's layers are Llama's; llama.cpp has one name for both. */
const ARCHITECTURES = { qwen2: 'qwen2', qwen3: 'qwen3', llama: 'llama', mistral: 'llama' } as const;

const OUTSIDE_LAYERS: ReadonlyMap<string, string> = new Map([
  ['model.embed_tokens', 'token_embd'],
  ['model.norm', 'output_norm'],
  ['lm_head', 'output'],
]);
const INSIDE_LAYERS: ReadonlyMap<string, string> = new Map([
  ['input_layernorm', 'attn_norm'],
  ['self_attn.q_proj', 'attn_q'],
  ['self_attn.k_proj', 'attn_k'],
  ['self_attn.v_proj', 'attn_v'],
  ['self_attn.o_proj', 'attn_output'],
  ['self_attn.q_norm', 'attn_q_norm'],
  ['self_attn.k_norm', 'attn_k_norm'],
  ['post_attention_layernorm', 'ffn_norm'],
  ['mlp.gate_proj', 'ffn_gate'],
  ['mlp.up_proj', 'ffn_up'],
  ['mlp.down_proj', 'ffn_down'],
]);
/** Per-frequency divisors of Llama 3's rope scaling, which the file carries as a tensor. */
const ROPE_FACTORS = 'rope_freqs.weight';

function unsupported(what: string): StudioError {
  return new StudioError({
    code: 'gguf-model',
    message: `This model has no form in a GGUF file: ${what}.`,
    kept: 'The run and its model.',
    remedy: 'Export a Hugging Face folder instead.',
    data: { what },
  });
}

/** `model.layers.3.mlp.up_proj.weight` → `blk.3.ffn_up.weight`. @throws StudioError `gguf-model` */
function ggufName(name: string): string {
  const parts = /^(.+)\.(weight|bias)$/.exec(name);
  const path = parts?.[1] ?? '';
  const layer = /^model\.layers\.(\d+)\.(.+)$/.exec(path);
  const known = layer ? INSIDE_LAYERS.get(layer[2] ?? '') : OUTSIDE_LAYERS.get(path);
  if (known === undefined) throw unsupported(`llama.cpp has no name for the tensor ${name}`);
  return `${layer ? `blk.${layer[1] ?? ''}.` : ''}${known}.${parts?.[2] ?? ''}`;
}

/** Matrices in the format asked for, wider where that must or should be; norms and biases in F32. */
function storedType(
  name: string,
  shape: readonly number[],
  format: GgufFormat,
  config: ModelConfig,
): WrittenTensorType {
  if (shape.length < 2) return 'F32';
  // Rows of no whole blocks cannot be quantised.
  if (format === 'F16' || (shape[1] ?? 0) % 32 !== 0) return 'F16';
  // The head decides the last digit of every logit, so it keeps 8 bit, as llama.cpp's tool keeps it wider.
  const head = config.tiedHead ? 'model.embed_tokens.weight' : 'lm_head.weight';
  return format === 'Q4_0' && name !== head ? 'Q4_0' : 'Q8_0';
}

/** Whether rows of a head are stored pairwise: llama.cpp rotates neighbours there, halves elsewhere. */
function isPaired(name: string, config: ModelConfig): boolean {
  const rotated = /\.self_attn\.[qk]_proj\.(?:weight|bias)$/.test(name);
  return rotated && ARCHITECTURES[config.architecture] === 'llama';
}

/** Whole heads with row j and row j + half side by side. */
function pairRows(values: Float32Array, headSize: number, columns: number): Float32Array {
  const out = new Float32Array(values.length);
  const half = headSize / 2;
  for (let row = 0; row * columns < values.length; row++) {
    const within = row % headSize;
    const from = row - within + (within % 2) * half + (within >> 1);
    out.set(values.subarray(from * columns, (from + 1) * columns), row * columns);
  }
  return out;
}

/**
 * What Llama 3's rope scaling divides each frequency by: 1 for short waves, `factor` for long ones, and in
 * between the harmonic blend by how often a wave fits the original context.
 */
function ropeFactors(config: ModelConfig): Float32Array | null {
  const { ropeScaling: scaling, headSize, ropeTheta } = config;
  if (scaling.type !== 'llama3') return null;
  const { factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalContext } = scaling;
  return Float32Array.from({ length: headSize / 2 }, (_, i) => {
    const wave = 2 * Math.PI * ropeTheta ** ((2 * i) / headSize);
    const turns = originalContext / wave;
    if (turns > high) return 1;
    if (turns < low) return factor;
    const smooth = (turns - low) / (high - low);
    return 1 / ((1 - smooth) / factor + smooth);
  });
}

/** A model laid out as a GGUF file: everything but the tokenizer's metadata. */
export interface GgufLayout {
  readonly metadata: ReadonlyMap<string, GgufEntry>;
  readonly tensors: readonly GgufTensorToWrite[];
  /** Values of one of `tensors`, in its rows' order in the file. */
  readonly pieces: (
    weights: MergedWeights,
    name: string,
  ) => AsyncIterable<Float32Array> | Iterable<Float32Array>;
}

/**
 * Lays out a decoder.
 * @param shapes every tensor under its Hugging Face name
 * @throws StudioError `gguf-model` for what llama.cpp's architecture of that name does not know
 */
export function layOutGguf(
  config: ModelConfig,
  shapes: readonly NamedShape[],
  format: GgufFormat,
): GgufLayout {
  const architecture = ARCHITECTURES[config.architecture];
  const { ropeScaling } = config;
  const isLlama = architecture === 'llama';
  if (!isLlama && ropeScaling.type === 'llama3') {
    throw unsupported(`the rope scaling of Llama 3 in a model of type ${architecture}`);
  }
  if (architecture === 'qwen3' && (config.queryKeyValueBias || config.outputBias)) {
    throw unsupported('a qwen3 with biases in its attention');
  }
  if (!isLlama && config.feedForwardBias) {
    throw unsupported(`biases in the feed-forward layers of a ${architecture}`);
  }
  const sources = new Map<string, NamedShape>();
  const written: GgufTensorToWrite[] = [];
  for (const { name, shape } of shapes) {
    const target = ggufName(name);
    sources.set(target, { name, shape });
    written.push({ name: target, type: storedType(name, shape, format, config), shape });
  }
  const factors = ropeFactors(config);
  if (factors) written.push({ name: ROPE_FACTORS, type: 'F32', shape: [factors.length] });
  return {
    metadata: settings(config, architecture, format),
    tensors: written,
    pieces: (weights, target) => {
      if (factors && target === ROPE_FACTORS) return [factors];
      const source = sources.get(target);
      if (!source) throw unsupported(`the tensor ${target}`);
      if (!isPaired(source.name, config)) return rowPieces(weights, source);
      return pairedPieces(weights, source, config.headSize);
    },
  };
}

async function* pairedPieces(
  weights: MergedWeights,
  source: NamedShape,
  headSize: number,
): AsyncGenerator<Float32Array, void, undefined> {
  for await (const values of rowPieces(weights, source, headSize)) {
    yield pairRows(values, headSize, rowSize(source.shape));
  }
}

function settings(
  config: ModelConfig,
  architecture: string,
  format: GgufFormat,
): Map<string, GgufEntry> {
  const entries = new Map<string, GgufEntry>([
    ['general.architecture', { type: 'string', value: architecture }],
    ['general.type', { type: 'string', value: 'model' }],
    ['general.file_type', { type: 'uint32', value: FILE_TYPES[format] }],
    ['general.quantization_version', { type: 'uint32', value: 2 }],
  ]);
  const put = (key: string, entry: GgufEntry): void => {
    entries.set(`${architecture}.${key}`, entry);
  };
  const count = (key: string, value: number): void => put(key, { type: 'uint32', value });
  const real = (key: string, value: number): void => put(key, { type: 'float32', value });
  count('block_count', config.layers);
  count('context_length', config.contextLength);
  count('embedding_length', config.hiddenSize);
  count('feed_forward_length', config.feedForwardSize);
  count('attention.head_count', config.heads);
  count('attention.head_count_kv', config.keyValueHeads);
  count('attention.key_length', config.headSize);
  count('attention.value_length', config.headSize);
  real('attention.layer_norm_rms_epsilon', config.rmsEpsilon);
  real('rope.freq_base', config.ropeTheta);
  count('rope.dimension_count', config.headSize);
  count('vocab_size', config.vocabularySize);
  if (config.ropeScaling.type === 'linear') {
    put('rope.scaling.type', { type: 'string', value: 'linear' });
    real('rope.scaling.factor', config.ropeScaling.factor);
  }
  return entries;
}

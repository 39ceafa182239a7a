/**
 * The model of a GGUF file as config.json describes models, and its tensors under their Hugging Face names.
 * llama.cpp calls both llama and mistral `llama`; they compute the same.
 */
import type { GgufTensor } from './gguf.ts';
import { shorten } from './gguf-cursor.ts';
import type { GgufFacts } from './gguf-metadata.ts';
import { ropeScaling } from './gguf-rope.ts';
import type { PlacedTensor, WeightType } from './gguf-weights.ts';
import type { JsonObject } from '../texts/json.ts';
import { isBlockType } from './block-types.ts';

const ARCHITECTURES: Readonly<Record<string, string>> = {
  qwen2: 'Qwen2ForCausalLM',
  qwen3: 'Qwen3ForCausalLM',
  llama: 'LlamaForCausalLM',
};
const ROPE_DIVISORS = 'rope_freqs.weight';

/** Tensors outside the layers. */
const OUTER_NAMES: Readonly<Record<string, string>> = {
  'token_embd.weight': 'model.embed_tokens.weight',
  'output_norm.weight': 'model.norm.weight',
  'output.weight': 'lm_head.weight',
};
/** Tensors of a layer: `blk.<i>.<left>.<weight|bias>` is `model.layers.<i>.<right>.<weight|bias>`. */
const LAYER_NAMES: Readonly<Record<string, string>> = {
  attn_norm: 'input_layernorm',
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  attn_q_norm: 'self_attn.q_norm',
  attn_k_norm: 'self_attn.k_norm',
  ffn_norm: 'post_attention_layernorm',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
};
/** Keys below the architecture's name that change what the model computes, with what may stand there. */
const NEUTRAL_VALUES: Readonly<Record<string, number | boolean>> = {
  'attention.causal': true,
  'attention.clamp_kqv': 0,
  'attention.max_alibi_bias': 0,
  'attention.scale': 0,
  attn_logit_softcapping: 0,
  final_logit_softcapping: 0,
  logit_scale: 1,
  embedding_scale: 1,
  residual_scale: 1,
  'rope.scaling.attn_factor': 1,
};
const TAKE_ANOTHER = 'Take a model of one of these architectures: qwen2, qwen3, llama, mistral.';

/**
 * Names what cannot be run before anything else is looked at.
 * @returns the architecture as GGUF calls it
 * @throws StudioError `gguf-unsupported`, `gguf-metadata`
 */
export function checkArchitecture(facts: GgufFacts): string {
  const type = facts.text('general.type') ?? 'model';
  if (type !== 'model') {
    throw facts.unsupported(
      `a file of type "${shorten(type)}" that is no language model on its own`,
      'Take the GGUF file of the model itself.',
    );
  }
  if ((facts.number('split.count') ?? 1) > 1) {
    throw facts.unsupported(
      `one of ${facts.number('split.count')} parts of a split model`,
      'Join the parts with llama.cpp’s llama-gguf-split --merge, and drop the one file.',
    );
  }
  const architecture = facts.text('general.architecture') ?? '';
  if (!Object.hasOwn(ARCHITECTURES, architecture)) {
    const shown =
      architecture === ''
        ? 'a model that names no architecture'
        : `the architecture "${shorten(architecture)}"`;
    throw facts.unsupported(shown, TAKE_ANOTHER);
  }
  if ((facts.number(`${architecture}.expert_count`) ?? 0) > 0) {
    throw facts.unsupported('a mixture-of-experts model', 'Take a dense model.');
  }
  for (const [key, neutral] of Object.entries(NEUTRAL_VALUES)) {
    const value = facts.value(`${architecture}.${key}`);
    if (value === undefined || value === neutral) continue;
    throw facts.unsupported(`${architecture}.${key} is ${shorten(String(value))}`, TAKE_ANOTHER);
  }
  return architecture;
}

interface HeadShape {
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
}

function headShape(facts: GgufFacts, architecture: string): HeadShape {
  const heads = facts.needed(`${architecture}.attention.head_count`);
  const keyValueHeads = facts.count(`${architecture}.attention.head_count_kv`) ?? heads;
  const headSize =
    facts.count(`${architecture}.attention.key_length`) ??
    facts.needed(`${architecture}.embedding_length`) / heads;
  const valueSize = facts.count(`${architecture}.attention.value_length`) ?? headSize;
  const rotated = facts.count(`${architecture}.rope.dimension_count`) ?? headSize;
  if (valueSize !== headSize) {
    throw facts.unsupported(
      `values of ${valueSize} beside keys of ${headSize} per head`,
      TAKE_ANOTHER,
    );
  }
  if (rotated !== headSize) {
    throw facts.unsupported(`heads of ${headSize} of which ${rotated} are rotated`, TAKE_ANOTHER);
  }
  if (!Number.isInteger(headSize) || headSize % 2 !== 0) {
    throw facts.unsupported(`a head size of ${headSize}`, TAKE_ANOTHER);
  }
  return { heads, keyValueHeads, headSize };
}

/**
 * Every tensor of the model under its Hugging Face name.
 * @throws StudioError `gguf-unsupported` for tensors that the architecture does not have, or of integers
 */
export function placeTensors(
  facts: GgufFacts,
  architecture: string,
): ReadonlyMap<string, PlacedTensor> {
  const { headSize } = headShape(facts, architecture);
  const layers = facts.needed(`${architecture}.block_count`);
  const placed = new Map<string, PlacedTensor>();
  for (const [name, tensor] of facts.header.tensors) {
    if (name === ROPE_DIVISORS) continue;
    const renamed = huggingFaceName(name, layers);
    if (renamed === undefined) {
      throw facts.unsupported(`the tensor "${shorten(name)}"`, TAKE_ANOTHER);
    }
    const permuted = architecture === 'llama' && /\.[qk]_proj\.(?:weight|bias)$/.test(renamed);
    const [rows = 1] = tensor.shape;
    if (permuted && rows % headSize !== 0) {
      throw facts.unsupported(
        `"${name}" with ${rows} rows for heads of ${headSize}`,
        'Fetch the file again; its tensors and metadata do not agree.',
      );
    }
    placed.set(renamed, {
      dtype: weightType(facts, name, tensor),
      shape: tensor.shape,
      begin: tensor.begin,
      rotatedHead: permuted ? headSize : null,
    });
  }
  return placed;
}

function huggingFaceName(name: string, layers: number): string | undefined {
  if (Object.hasOwn(OUTER_NAMES, name)) return OUTER_NAMES[name];
  const match = /^blk\.(0|[1-9]\d{0,3})\.(\w+)\.(weight|bias)$/.exec(name);
  const [, layer = '', part = '', kind = ''] = match ?? [];
  if (match === null || Number(layer) >= layers || !Object.hasOwn(LAYER_NAMES, part)) {
    return undefined;
  }
  return `model.layers.${layer}.${LAYER_NAMES[part]}.${kind}`;
}

function weightType(facts: GgufFacts, name: string, { type }: GgufTensor): WeightType {
  if (type === 'F32' || type === 'F16' || type === 'BF16' || isBlockType(type)) return type;
  throw facts.unsupported(
    `"${shorten(name)}" stored as ${type}`,
    'Take a file whose weights are floating-point or quantised by llama.cpp.',
  );
}

/** Reads the divisors of the rotary frequencies, if there are any. They are few: one for two rows of a head. */
export async function readRopeDivisors(
  facts: GgufFacts,
  read: (begin: number, end: number) => Promise<Uint8Array<ArrayBuffer>>,
): Promise<Float32Array | null> {
  const tensor = facts.header.tensors.get(ROPE_DIVISORS);
  if (tensor === undefined) return null;
  const { type, shape, begin, end } = tensor;
  if (type !== 'F32' || shape.length !== 1 || (shape[0] ?? 0) > 4096) {
    throw facts.unsupported(
      `${ROPE_DIVISORS} of shape [${shape.join(', ')}] stored as ${type}`,
      TAKE_ANOTHER,
    );
  }
  return new Float32Array((await read(begin, end)).buffer);
}

/**
 * config.json of the model; parseModelConfig checks it like any other.
 * @throws StudioError `gguf-metadata`, `gguf-unsupported`
 */
export function modelConfig(
  facts: GgufFacts,
  architecture: string,
  tensors: ReadonlyMap<string, PlacedTensor>,
  divisors: Float32Array | null,
): JsonObject {
  const { heads, keyValueHeads, headSize } = headShape(facts, architecture);
  const embedding = tensors.get('model.embed_tokens.weight');
  const [vocabulary] = embedding?.shape ?? [];
  if (vocabulary === undefined) {
    throw facts.unsupported('a model without token_embd.weight', TAKE_ANOTHER);
  }
  const theta = facts.number(`${architecture}.rope.freq_base`) ?? 10_000;
  const scaling = ropeScaling(facts, architecture, divisors, { theta, headSize });
  const window = facts.number(`${architecture}.attention.sliding_window`) ?? 0;
  // Of the llama family only mistral has windows; qwen2 switches them on.
  const windowed = architecture === 'llama' && window > 0;
  const modelType = windowed ? 'mistral' : architecture;
  const has = (suffix: string): boolean => tensors.has(`model.layers.0.${suffix}`);
  return {
    architectures: [windowed ? 'MistralForCausalLM' : (ARCHITECTURES[architecture] ?? '')],
    model_type: modelType,
    hidden_size: facts.needed(`${architecture}.embedding_length`),
    num_hidden_layers: facts.needed(`${architecture}.block_count`),
    num_attention_heads: heads,
    num_key_value_heads: keyValueHeads,
    head_dim: headSize,
    intermediate_size: facts.needed(`${architecture}.feed_forward_length`),
    vocab_size: vocabulary,
    max_position_embeddings: facts.needed(`${architecture}.context_length`),
    rms_norm_eps: facts.neededNumber(`${architecture}.attention.layer_norm_rms_epsilon`),
    hidden_act: 'silu',
    rope_theta: theta,
    ...(scaling === undefined ? {} : { rope_scaling: scaling }),
    ...(window === 0
      ? {}
      : { sliding_window: window, use_sliding_window: true, max_window_layers: 0 }),
    tie_word_embeddings: !tensors.has('lm_head.weight'),
    ...(architecture === 'qwen2'
      ? {}
      : { attention_bias: has('self_attn.q_proj.bias'), mlp_bias: has('mlp.gate_proj.bias') }),
  };
}

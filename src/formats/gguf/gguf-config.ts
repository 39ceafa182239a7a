/** Describes the model of a GGUF file as config.json would, with its tensors under their Hugging Face names. */
import type { GgufTensor } from './gguf.ts';
import { shorten } from './gguf-cursor.ts';
import type { GgufFacts } from './gguf-metadata.ts';
import { ropeScaling } from './gguf-rope.ts';
import type { PlacedTensor, WeightType } from './gguf-weights.ts';
import type { JsonObject } from '../texts/json.ts';
import { modelFields, ropeScalingField } from '../weights/config-fields.ts';
import { isBlockType } from './block-types.ts';
import { ggufKey } from './gguf-keys.ts';
import type { ConfigField } from './gguf-keys.ts';
import {
  hasPairedRows,
  huggingFaceTensorName,
  impliedQueryScalar,
  isNormPlusOne,
} from './gguf-names.ts';
import type { ArchitectureNames } from './gguf-names.ts';

const ROPE_DIVISORS = 'rope_freqs.weight';

/** Keys below the architecture's name that change what the model computes, with the values that are allowed. */
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

/**
 * Refuses a model that cannot be run, before it looks at anything else.
 * @returns the architecture, one of the known ones, that the file holds
 * @throws StudioError `gguf-unsupported`, `gguf-metadata`
 */
export function findArchitecture(
  facts: GgufFacts,
  known: readonly ArchitectureNames[],
): ArchitectureNames {
  const type = facts.text('general.type') ?? 'model';
  if (type !== 'model') {
    throw facts.unsupported({ reason: 'no-model', type: shorten(type) });
  }
  const parts = facts.number('split.count') ?? 1;
  if (parts > 1) throw facts.unsupported({ reason: 'split', parts });
  const architecture = facts.text('general.architecture') ?? '';
  const called = known.filter(({ gguf }) => gguf.architecture === architecture);
  const [usual] = called;
  if (usual === undefined) {
    throw facts.unsupported(
      architecture === ''
        ? { reason: 'no-architecture' }
        : { reason: 'architecture', architecture: shorten(architecture) },
    );
  }
  if ((facts.number(`${architecture}.expert_count`) ?? 0) > 0) {
    throw facts.unsupported({ reason: 'experts' });
  }
  for (const [key, neutral] of Object.entries(NEUTRAL_VALUES)) {
    const value = facts.value(`${architecture}.${key}`);
    if (value === undefined || value === neutral) continue;
    throw facts.unsupported({
      reason: 'value',
      key: `${architecture}.${key}`,
      value: shorten(String(value)),
    });
  }
  const windowed = statedWindow(facts, architecture) > 0;
  return called.find(({ gguf }) => gguf.windowed === windowed) ?? usual;
}

/** Positions that a layer looks back; 0 where the file states no window. */
function statedWindow(facts: GgufFacts, architecture: string): number {
  return facts.number(`${architecture}.attention.sliding_window`) ?? 0;
}

interface HeadShape {
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
}

function headShape(facts: GgufFacts, architecture: string): HeadShape {
  const key = (field: ConfigField): string => ggufKey(architecture, field);
  const heads = facts.needed(key('num_attention_heads'));
  const keyValueHeads = facts.count(key('num_key_value_heads')) ?? heads;
  const headSize = facts.count(key('head_dim')) ?? facts.needed(key('hidden_size')) / heads;
  const valueSize = facts.count(`${architecture}.attention.value_length`) ?? headSize;
  const rotated = facts.count(`${architecture}.rope.dimension_count`) ?? headSize;
  if (valueSize !== headSize) {
    throw facts.unsupported({ reason: 'value-size', valueSize, headSize });
  }
  if (rotated !== headSize) {
    throw facts.unsupported({ reason: 'rotated', headSize, rotated });
  }
  if (!Number.isInteger(headSize) || headSize % 2 !== 0) {
    throw facts.unsupported({ reason: 'head-size', size: headSize });
  }
  return { heads, keyValueHeads, headSize };
}

/**
 * Every tensor of the model under its Hugging Face name.
 * @throws StudioError `gguf-unsupported` for tensors that the architecture lacks, or tensors of integers
 */
export function placeTensors(
  facts: GgufFacts,
  names: ArchitectureNames,
): ReadonlyMap<string, PlacedTensor> {
  const { architecture } = names.gguf;
  const { headSize } = headShape(facts, architecture);
  const layers = facts.needed(ggufKey(architecture, 'num_hidden_layers'));
  const placed = new Map<string, PlacedTensor>();
  for (const [name, tensor] of facts.header.tensors) {
    if (name === ROPE_DIVISORS) continue;
    const renamed = huggingFaceTensorName(names.tensors, name, layers);
    if (renamed === undefined) {
      throw facts.unsupported({ reason: 'tensor', tensor: shorten(name) });
    }
    const permuted = hasPairedRows(names, renamed);
    const [rows = 1] = tensor.shape;
    if (permuted && rows % headSize !== 0) {
      throw facts.unsupported({ reason: 'rows', tensor: name, rows, headSize });
    }
    placed.set(renamed, {
      dtype: weightType(facts, name, tensor),
      shape: tensor.shape,
      begin: tensor.begin,
      rotatedHead: permuted ? headSize : null,
      excess: isNormPlusOne(names, tensor.shape) ? 1 : 0,
    });
  }
  return placed;
}

function weightType(facts: GgufFacts, name: string, { type }: GgufTensor): WeightType {
  if (type === 'F32' || type === 'F16' || type === 'BF16' || isBlockType(type)) return type;
  throw facts.unsupported({ reason: 'stored', tensor: shorten(name), type });
}

/** Reads the divisors of the rotary frequencies, if there are any: one for every two rows of a head. */
export async function readRopeDivisors(
  facts: GgufFacts,
  read: (begin: number, end: number) => Promise<Uint8Array<ArrayBuffer>>,
): Promise<Float32Array | null> {
  const tensor = facts.header.tensors.get(ROPE_DIVISORS);
  if (tensor === undefined) return null;
  const { type, shape, begin, end } = tensor;
  if (type !== 'F32' || shape.length !== 1 || (shape[0] ?? 0) > 4096) {
    throw facts.unsupported({
      reason: 'divisors',
      tensor: ROPE_DIVISORS,
      shape: shape.join(', '),
      type,
    });
  }
  return new Float32Array((await read(begin, end)).buffer);
}

/**
 * config.json of the model; parseModelConfig checks it like any other.
 * @throws StudioError `gguf-metadata`, `gguf-unsupported`
 */
export function modelConfig(
  facts: GgufFacts,
  names: ArchitectureNames,
  tensors: ReadonlyMap<string, PlacedTensor>,
  divisors: Float32Array | null,
): JsonObject {
  const { name, config, gguf } = names;
  const { outside, block } = names.tensors;
  const { architecture } = gguf;
  const key = (field: ConfigField): string => ggufKey(architecture, field);
  const { heads, keyValueHeads, headSize } = headShape(facts, architecture);
  const embedding = tensors.get(`${outside.embedding.huggingFace}.weight`);
  const [vocabulary] = embedding?.shape ?? [];
  if (vocabulary === undefined) {
    throw facts.unsupported({ reason: 'no-embedding' });
  }
  const theta = facts.number(key('rope_theta')) ?? 10_000;
  const scaling = ropeScalingField(ropeScaling(facts, architecture, divisors, { theta, headSize }));
  const window = statedWindow(facts, architecture);
  const hiddenSize = facts.needed(key('hidden_size'));
  const layers = facts.needed(key('num_hidden_layers'));
  const isBiased = (module: string): boolean =>
    tensors.has(`model.layers.0.${block[module]?.huggingFace}.bias`);
  return {
    ...modelFields(names, {
      ...{ headSize, keyValueHeads },
      contextLength: facts.needed(key('max_position_embeddings')),
      rmsEpsilon: facts.neededNumber(key('rms_norm_eps')),
      tiedHead: !tensors.has(`${outside.head.huggingFace}.weight`),
    }),
    model_type: name,
    hidden_size: hiddenSize,
    num_hidden_layers: layers,
    num_attention_heads: heads,
    intermediate_size: facts.needed(key('intermediate_size')),
    vocab_size: vocabulary,
    ...gguf.implied,
    rope_theta: theta,
    ...(scaling === null ? {} : { rope_scaling: scaling }),
    ...(window === 0
      ? {}
      : { sliding_window: window, use_sliding_window: true, max_window_layers: 0 }),
    ...(config.windows === 'local-layers' ? localLayers(facts, architecture) : {}),
    ...(config.queryScalar
      ? { query_pre_attn_scalar: impliedQueryScalar({ layers, hiddenSize, heads, headSize }) }
      : {}),
    ...(config.attentionBias === 'query-key-value'
      ? {}
      : { attention_bias: isBiased('q'), mlp_bias: isBiased('gate') }),
  };
}

/** Which layers are local and how they rotate, where the file says so; else as the architecture has it. */
function localLayers(facts: GgufFacts, architecture: string): JsonObject {
  const pattern = facts.count(`${architecture}.attention.sliding_window_pattern`);
  const base = facts.number(`${architecture}.rope.freq_base_swa`);
  return {
    ...(pattern === undefined ? {} : { sliding_window_pattern: pattern }),
    ...(base === undefined ? {} : { rope_local_base_freq: base }),
  };
}

/**
 * A decoder in llama.cpp's terms: its names for architectures, tensors and settings, and the order of
 * rows that its rotary positions expect.
 */
import type { GgufModelReason } from '../../faults/catalogue/gguf.ts';
import type { Architecture } from '../model/architectures/architecture.ts';
import { architectureNamed } from '../model/architectures/index.ts';
import type { ModelConfig } from '../model/config.ts';
import { fault, type StudioError } from '../../faults/fault.ts';
import { configKeys } from '../../formats/gguf/gguf-keys.ts';
import type { ConfigField } from '../../formats/gguf/gguf-keys.ts';
import { llama3Divisors } from '../../formats/gguf/gguf-rope.ts';
import {
  ggufTensorName,
  hasPairedRows,
  impliedQueryScalar,
  isNormPlusOne,
} from '../../formats/gguf/gguf-names.ts';
import type {
  GgufEntry,
  GgufTensorToWrite,
  WrittenTensorType,
} from '../../formats/gguf/gguf-writer.ts';
import { rowPieces, rowSize } from '../../formats/weights/merged-weights.ts';
import type { MergedWeights, NamedShape } from '../../formats/weights/merged-weights.ts';
import type { GgufFormat } from './number-formats.ts';

/** llama.cpp's number for the format of most tensors in a file. */
const FILE_TYPES: Readonly<Record<GgufFormat, number>> = { F16: 1, Q4_0: 2, Q8_0: 7 };

/** Per-frequency divisors of Llama 3's rope scaling, which the file carries as a tensor. */
const ROPE_FACTORS = 'rope_freqs.weight';

function unsupported(why: GgufModelReason): StudioError {
  return fault('gguf-model', why, { kept: 'run-and-model' });
}

/** Matrices in the requested format, or a wider one where they must or should have it; norms and biases in F32. */
function storedType(
  name: string,
  shape: readonly number[],
  format: GgufFormat,
  config: ModelConfig,
): WrittenTensorType {
  if (shape.length < 2) return 'F32';
  // Rows that are not whole blocks cannot be quantised.
  if (format === 'F16' || (shape[1] ?? 0) % 32 !== 0) return 'F16';
  // The head decides the last digit of every logit, so it keeps 8 bit, as llama.cpp's tool keeps it wider.
  const { embedding, head } = architectureNamed(config.architecture).tensors.outside;
  const { huggingFace } = config.tiedHead ? embedding : head;
  return format === 'Q4_0' && name !== `${huggingFace}.weight` ? 'Q4_0' : 'Q8_0';
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

/** The divisors of the frequencies in Llama 3's rope scaling. */
function ropeFactors(config: ModelConfig): Float32Array | null {
  const { ropeScaling: scaling, headSize, ropeTheta: theta } = config;
  if (scaling.type !== 'llama3') return null;
  return llama3Divisors({ theta, headSize }, scaling);
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
 * @throws StudioError `gguf-model` for models that llama.cpp's architecture of that name cannot express
 */
export function layOutGguf(
  config: ModelConfig,
  shapes: readonly NamedShape[],
  format: GgufFormat,
): GgufLayout {
  const names = architectureNamed(config.architecture);
  const { architecture } = names.gguf;
  if (!names.gguf.ropeDivisors && config.ropeScaling.type === 'llama3') {
    throw unsupported({ reason: 'llama3-rope', architecture });
  }
  if (config.ropeScaling.type === 'longrope') throw unsupported({ reason: 'longrope' });
  checkLayers(config, names);
  if (!names.gguf.attentionBias && (config.queryKeyValueBias || config.outputBias)) {
    throw unsupported({ reason: 'attention-bias', architecture });
  }
  if (!names.gguf.feedForwardBias && config.feedForwardBias) {
    throw unsupported({ reason: 'feed-forward-bias', architecture });
  }
  const sources = new Map<string, NamedShape>();
  const written: GgufTensorToWrite[] = [];
  for (const { name, shape } of shapes) {
    const target = ggufTensorName(names.tensors, name);
    if (target === undefined) throw unsupported({ reason: 'unnamed', tensor: name });
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
      if (!source) throw unsupported({ reason: 'tensor', tensor: target });
      if (isNormPlusOne(names, source.shape)) return plusOne(rowPieces(weights, source));
      if (!hasPairedRows(names, source.name)) return rowPieces(weights, source);
      return pairedPieces(weights, source, config.headSize);
    },
  };
}

/** Facts about local layers and scores that a GGUF file cannot state must match its readers' assumptions. */
function checkLayers(config: ModelConfig, { config: form, gguf }: Architecture): void {
  const { local } = config;
  const hasLocalLayers = form.windows === 'local-layers';
  if (local && !hasLocalLayers && local.layers.includes(false)) {
    throw unsupported({ reason: 'some-windows', architecture: gguf.architecture });
  }
  const usual =
    !hasLocalLayers ||
    (local !== null &&
      local.layers.every((is, layer) => is === ((layer + 1) % 6 !== 0)) &&
      local.rope.theta === 10_000 &&
      local.rope.scaling.type === 'none');
  if (!usual) throw unsupported({ reason: 'local-layers' });
  const scale = hasLocalLayers ? impliedQueryScalar(config) : config.headSize;
  if (!(Math.abs(config.attentionScale * Math.sqrt(scale) - 1) < 1e-6)) {
    throw unsupported({ reason: 'score-scale' });
  }
}

async function* plusOne(
  pieces: AsyncIterable<Float32Array>,
): AsyncGenerator<Float32Array, void, undefined> {
  for await (const values of pieces) yield values.map((value) => value + 1);
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
  const fields: Readonly<Record<ConfigField, number>> = {
    num_hidden_layers: config.layers,
    max_position_embeddings: config.contextLength,
    hidden_size: config.hiddenSize,
    intermediate_size: config.feedForwardSize,
    num_attention_heads: config.heads,
    num_key_value_heads: config.keyValueHeads,
    head_dim: config.headSize,
    rms_norm_eps: config.rmsEpsilon,
    rope_theta: config.ropeTheta,
    vocab_size: config.vocabularySize,
  };
  for (const { field, key, type } of configKeys) put(key, { type, value: fields[field] });
  if (config.ropeScaling.type === 'linear') {
    put('rope.scaling.type', { type: 'string', value: 'linear' });
    put('rope.scaling.factor', { type: 'float32', value: config.ropeScaling.factor });
  }
  if (config.local) {
    put('attention.sliding_window', { type: 'uint32', value: config.local.window });
  }
  return entries;
}

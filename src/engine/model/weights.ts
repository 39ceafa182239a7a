/** The frozen tensors of a model by name: described, checked, uploaded. */
import { fault, type StudioError } from '../../faults/fault.ts';
import { isBlockType } from '../../formats/gguf/block-types.ts';
import { quantisationOf } from '../../formats/weights/quantised-weights.ts';
import type { NamePair } from '../../formats/gguf/gguf-names.ts';
import { isFloat, notFloat } from '../../formats/weights/safetensors.ts';
import type { WeightsFolder } from '../../formats/weights/weights-folder.ts';
import type { Gpu } from '../gpu/device.ts';
import {
  elementCount,
  persistentTensor,
  persistentTogether,
  type BufferSpec,
  type Tensor,
} from '../gpu/tensor.ts';
import { rotaryTables } from '../kernels/attention/rotary.ts';
import type { ModelConfig } from './config.ts';
import { describeMatrix, shareBuffer, type FrozenMatrix } from './frozen-matrix.ts';
import { buffersOf } from './inputs.ts';
import { loadMatrix } from './load-matrix.ts';
import { float32Storage, type WeightStorage } from './weight-storage.ts';
import { architectureNamed } from './architectures/index.ts';
import type { Projection } from './projections.ts';
import type { Rope } from './rope-config.ts';

/** One projection's frozen weight [out, in] and its optional bias [out]. */
export interface LinearWeights {
  readonly weight: FrozenMatrix;
  readonly bias: Tensor | null;
  readonly inputs: number;
  readonly outputs: number;
}

export interface LayerWeights {
  readonly attentionNorm: Tensor;
  readonly feedForwardNorm: Tensor;
  readonly projections: Readonly<Record<Projection, LinearWeights>>;
  readonly queryNorm: Tensor | null;
  readonly keyNorm: Tensor | null;
  /** Applied to a block's output before it joins the residual. */
  readonly attentionOutputNorm: Tensor | null;
  readonly feedForwardOutputNorm: Tensor | null;
  /** The table of the model by which its queries and keys are rotated. */
  readonly rotary: RotaryTables;
}

/** cos and sin of every position and frequency, [context, headSize/2] each. */
export interface RotaryTables {
  readonly rope: Rope;
  readonly cosine: Tensor;
  readonly sine: Tensor;
}

/** All frozen tensors of a decoder, by description; none exists before `BaseModel.load`. */
export interface ModelWeights {
  readonly embedding: FrozenMatrix;
  /** The embedding itself where the model ties them. */
  readonly head: FrozenMatrix;
  readonly finalNorm: Tensor;
  readonly layers: readonly LayerWeights[];
  /** Norms and biases as the checkpoint has them, labelled with their Hugging Face names. */
  readonly vectors: readonly Tensor[];
  /** Norms that scale by 1 + the checkpoint's weight: kernels read `sum`, exports `stored`. */
  readonly sums: readonly { readonly stored: Tensor; readonly sum: Tensor }[];
  /** Each table once, however many layers use it. */
  readonly rotary: readonly RotaryTables[];
}

/** Inputs and outputs of a projection. */
export function projectionShape(
  config: ModelConfig,
  projection: Projection,
): { inputs: number; outputs: number } {
  const { hiddenSize, feedForwardSize, headSize } = config;
  const query = config.heads * headSize;
  const keyValue = config.keyValueHeads * headSize;
  switch (projection) {
    case 'q':
      return { inputs: hiddenSize, outputs: query };
    case 'k':
    case 'v':
      return { inputs: hiddenSize, outputs: keyValue };
    case 'o':
      return { inputs: query, outputs: hiddenSize };
    case 'gate':
    case 'up':
      return { inputs: hiddenSize, outputs: feedForwardSize };
    case 'down':
      return { inputs: feedForwardSize, outputs: hiddenSize };
  }
}

/** Describes one tensor after another, and lists the tensors that are not matrices. */
class Describer {
  readonly vectors: Tensor[] = [];
  readonly sums: { stored: Tensor; sum: Tensor }[] = [];
  readonly #config: ModelConfig;
  readonly #storage: WeightStorage;
  readonly #normsAddOne: boolean;

  constructor(config: ModelConfig, storage: WeightStorage) {
    this.#config = config;
    this.#storage = storage;
    this.#normsAddOne = architectureNamed(config.architecture).block.normsAddOne ?? false;
  }

  matrix(name: string, rows: number, columns: number): FrozenMatrix {
    const format = this.#storage.formatOf(name, columns);
    return describeMatrix(name, [rows, columns], format, this.#storage.maxPartBytes);
  }

  norm(name: string, size: number): Tensor {
    const [weight] = this.norms([name], size);
    if (!weight) throw new Error('A norm was asked for');
    return weight;
  }

  /** Norms whose weights a kernel takes in one binding. */
  norms(names: readonly string[], size: number): Tensor[] {
    const together = (before: string): Tensor[] => {
      const described = names.map((name) => ({ label: `${before}${name}.weight`, shape: [size] }));
      const label = described.map((norm) => norm.label).join(', ');
      return persistentTogether(label, 'weights', described);
    };
    const stored = together('');
    this.vectors.push(...stored);
    if (!this.#normsAddOne) return stored;
    return together('1 + ').map((sum, index) => {
      const vector = stored[index];
      if (vector) this.sums.push({ stored: vector, sum });
      return sum;
    });
  }

  /** Weights of linears that read one input lie together: one dispatch makes all their outputs. */
  linears(
    named: readonly { readonly projection: Projection; readonly name: string }[],
    hasBias: boolean,
  ): LinearWeights[] {
    const group = named.map(({ projection, name }) => ({
      name,
      ...projectionShape(this.#config, projection),
    }));
    const weights = shareBuffer(
      group.map(({ name, outputs, inputs }) => this.matrix(`${name}.weight`, outputs, inputs)),
      this.#storage.maxPartBytes,
    );
    const described = group.map(({ name, outputs }) => ({
      label: `${name}.bias`,
      shape: [outputs],
    }));
    const label = described.map((bias) => bias.label).join(', ');
    const biases = hasBias ? persistentTogether(label, 'weights', described) : [];
    this.vectors.push(...biases);
    return weights.map((weight, index) => ({
      weight,
      bias: biases[index] ?? null,
      inputs: weight.columns,
      outputs: weight.rows,
    }));
  }

  layer(layer: number, rotary: RotaryTables): LayerWeights {
    const { hiddenSize, headSize, architecture, ...config } = this.#config;
    const { block } = architectureNamed(architecture).tensors;
    const nameOf = ({ huggingFace }: NamePair): string => `model.layers.${layer}.${huggingFace}`;
    const norm = (pair: NamePair): Tensor => this.norm(nameOf(pair), hiddenSize);
    const optional = (pair: NamePair | undefined): Tensor | null => (pair ? norm(pair) : null);
    const linears = (projections: readonly Projection[], hasBias: boolean): LinearWeights[] =>
      this.linears(
        projections.map((projection) => ({ projection, name: nameOf(block[projection]) })),
        hasBias,
      );
    const attentionNorm = norm(block.attentionNorm);
    const feedForwardNorm = norm(block.feedForwardNorm);
    const [q, k, v] = linears(['q', 'k', 'v'], config.queryKeyValueBias);
    const [o] = linears(['o'], config.outputBias);
    const [gate, up] = linears(['gate', 'up'], config.feedForwardBias);
    const [down] = linears(['down'], config.feedForwardBias);
    if (!q || !k || !v || !o || !gate || !up || !down) throw new Error('A block has seven linears');
    const ofHeads = block.queryNorm && block.keyNorm ? [block.queryNorm, block.keyNorm] : [];
    const [queryNorm, keyNorm] = this.norms(ofHeads.map(nameOf), headSize);
    return {
      attentionNorm,
      feedForwardNorm,
      projections: { q, k, v, o, gate, up, down },
      queryNorm: queryNorm ?? null,
      keyNorm: keyNorm ?? null,
      attentionOutputNorm: optional(block.attentionOutputNorm),
      feedForwardOutputNorm: optional(block.feedForwardOutputNorm),
      rotary,
    };
  }
}

/** The rotary tables of global and local layers: one table where both rotate alike. */
function describeRotary(
  { headSize, ropeTheta, ropeScaling, local }: ModelConfig,
  positions: number,
): { readonly global: RotaryTables; readonly local: RotaryTables } {
  const tables = (kind: string, rope: Rope): RotaryTables => ({
    rope,
    cosine: persistentTensor(`${kind} cosine`, 'weights', [positions, headSize / 2]),
    sine: persistentTensor(`${kind} sine`, 'weights', [positions, headSize / 2]),
  });
  const rope = { theta: ropeTheta, scaling: ropeScaling };
  const global = tables('rotary', rope);
  const hasOwnTurn = local !== null && JSON.stringify(local.rope) !== JSON.stringify(rope);
  return { global, local: hasOwnTurn ? tables('local rotary', local.rope) : global };
}

/**
 * Describes every frozen tensor under its Hugging Face name. `positions` is the number of rotary rows
 * kept: no more than the longest sequence in use needs. Norms, biases and rotary tables are float32.
 */
export function describeWeights(
  config: ModelConfig,
  positions: number,
  storage: WeightStorage = float32Storage,
): ModelWeights {
  const { hiddenSize, vocabularySize, local } = config;
  const { outside } = architectureNamed(config.architecture).tensors;
  const describer = new Describer(config, storage);
  const ofVocabulary = ({ huggingFace }: NamePair): FrozenMatrix =>
    describer.matrix(`${huggingFace}.weight`, vocabularySize, hiddenSize);
  const rotary = describeRotary(config, positions);
  const finalNorm = describer.norm(outside.finalNorm.huggingFace, hiddenSize);
  const embedding = ofVocabulary(outside.embedding);
  const layers = Array.from({ length: config.layers }, (_, layer) =>
    describer.layer(layer, local?.layers[layer] ? rotary.local : rotary.global),
  );
  return {
    embedding,
    head: config.tiedHead ? embedding : ofVocabulary(outside.head),
    finalNorm,
    layers,
    vectors: describer.vectors,
    sums: describer.sums,
    rotary: [...new Set([rotary.global, rotary.local])],
  };
}

/** Every matrix from the checkpoint, each once. */
export function frozenMatrices(weights: ModelWeights): FrozenMatrix[] {
  const projections = weights.layers.flatMap((layer) =>
    Object.values(layer.projections).map(({ weight }) => weight),
  );
  return [...new Set([weights.embedding, weights.head, ...projections])];
}

/** Names and shapes of all tensors from the checkpoint. */
export function checkpointShapes(
  weights: ModelWeights,
): { readonly name: string; readonly shape: readonly number[] }[] {
  return [
    ...frozenMatrices(weights).map(({ name, rows, columns }) => ({ name, shape: [rows, columns] })),
    ...weights.vectors.map(({ label, shape }) => ({ name: label, shape })),
  ];
}

export function weightSpecs(weights: ModelWeights): BufferSpec[] {
  const matrices = frozenMatrices(weights).flatMap(({ parts }) =>
    parts.map(({ matrix }) => matrix.tensor),
  );
  const tables = weights.rotary.flatMap(({ cosine, sine }) => [cosine, sine]);
  const sums = weights.sums.map(({ sum }) => sum);
  return buffersOf([...matrices, ...weights.vectors, ...sums, ...tables]);
}

/** Parameters of a checkpoint of this configuration. */
export function parameterCount(config: ModelConfig): number {
  return checkpointShapes(describeWeights(config, 1)).reduce(
    (sum, { shape }) => sum + elementCount(shape),
    0,
  );
}

/**
 * Checks that a folder holds every tensor of the configuration in its shape, as floating point or in blocks
 * of a GGUF file, before any byte is read. Other tensors are ignored.
 * @throws StudioError `tensor-missing`, `tensor-shape`, `safetensors-not-float`, `weights-quantised`
 */
export function checkWeights(config: ModelConfig, folder: WeightsFolder): void {
  for (const { name, shape } of checkpointShapes(describeWeights(config, 1))) {
    const entry = folder.tensors.get(name);
    const fits =
      entry?.shape.length === shape.length && entry.shape.every((size, i) => size === shape[i]);
    const float = entry !== undefined && (isFloat(entry.dtype) || isBlockType(entry.dtype));
    if (fits && float) continue;
    const method = quantisationOf(folder.tensors);
    if (method !== null) throw quantised(method, name);
    if (!entry) throw missing(config, name);
    if (!float) throw notFloat(name, entry.dtype);
    throw fault(
      'tensor-shape',
      { tensor: name, shape: entry.shape.join(', '), expected: shape.join(', ') },
      { kept: 'loaded-models' },
    );
  }
}

function missing(config: ModelConfig, name: string): StudioError {
  const { head } = architectureNamed(config.architecture).tensors.outside;
  if (name === `${head.huggingFace}.weight` && !config.tiedHead) {
    return fault('head-missing', {}, { kept: 'loaded-models' });
  }
  return fault('tensor-missing', { tensor: name }, { kept: 'loaded-models' });
}

function quantised(method: string, tensor: string): StudioError {
  return fault('weights-quantised', { method, tensor }, { kept: 'loaded-models' });
}

/** Frozen weights on a device. */
export class BaseModel {
  readonly config: ModelConfig;
  readonly weights: ModelWeights;
  readonly #gpu: Gpu;

  private constructor(gpu: Gpu, config: ModelConfig, weights: ModelWeights) {
    this.#gpu = gpu;
    this.config = config;
    this.weights = weights;
  }

  /**
   * Uploads a checkpoint piece by piece; a few megabytes of it are in memory at a time.
   * @throws StudioError `tensor-missing`, `tensor-shape`, `gpu-out-of-memory`
   */
  static async load(
    gpu: Gpu,
    config: ModelConfig,
    folder: WeightsFolder,
    options: {
      readonly weights?: ModelWeights;
      readonly onProgress?: (fraction: number) => void;
    } = {},
  ): Promise<BaseModel> {
    checkWeights(config, folder);
    const weights = options.weights ?? describeWeights(config, config.contextLength);
    const model = new BaseModel(gpu, config, weights);
    await gpu.allocate(weightSpecs(weights));
    try {
      const total = parameterCount(config);
      let done = 0;
      const advance = (elements: number): void => {
        done += elements;
        options.onProgress?.(done / total);
      };
      for (const matrix of frozenMatrices(weights)) {
        await loadMatrix(gpu, matrix, folder, advance);
      }
      const sums = new Map(weights.sums.map(({ stored, sum }) => [stored, sum]));
      for (const vector of weights.vectors) {
        const values = await folder.readFloat32(vector.label);
        gpu.write(vector, values);
        const sum = sums.get(vector);
        if (sum)
          gpu.write(
            sum,
            values.map((value) => 1 + value),
          );
        advance(elementCount(vector.shape));
      }
      for (const { rope, cosine, sine } of weights.rotary) {
        const tables = rotaryTables({
          ...rope,
          headSize: config.headSize,
          positions: cosine.shape[0] ?? 1,
        });
        gpu.write(cosine, tables.cosine);
        gpu.write(sine, tables.sine);
      }
      await gpu.finished();
    } catch (error) {
      model.release();
      throw error;
    }
    return model;
  }

  release(): void {
    this.#gpu.release(weightSpecs(this.weights));
  }
}

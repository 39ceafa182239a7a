/** Frozen tensors by name: described, checked, uploaded. */
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
  /** The one of the model's tables that its queries and keys turn by. */
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
  /** Each once, however many layers turn by it. */
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

/**
 * Describes every frozen tensor under its Hugging Face name. `positions` is how many rotary rows are
 * kept: no more than the longest sequence in use needs. Norms, biases and rotary tables are float32.
 */
export function describeWeights(
  config: ModelConfig,
  positions: number,
  storage: WeightStorage = float32Storage,
): ModelWeights {
  const matrix = (name: string, rows: number, columns: number): FrozenMatrix =>
    describeMatrix(name, [rows, columns], storage.formatOf(name, columns), storage.maxPartBytes);
  const tensor = (name: string, shape: readonly number[]): Tensor =>
    persistentTensor(name, 'weights', shape);
  const { hiddenSize, vocabularySize, headSize } = config;
  const { outside, block } = architectureNamed(config.architecture).tensors;
  const prefix = (layer: number): string => `model.layers.${layer}`;
  // Weights of linears that read one input lie together: one dispatch makes all their outputs.
  const linears = (
    layer: number,
    group: readonly Projection[],
    hasBias: boolean,
  ): LinearWeights[] => {
    const shapes = group.map((projection) => projectionShape(config, projection));
    const weights = shareBuffer(
      group.map((projection, index) => {
        const { inputs = 0, outputs = 0 } = shapes[index] ?? {};
        return matrix(`${prefix(layer)}.${block[projection].huggingFace}.weight`, outputs, inputs);
      }),
      storage.maxPartBytes,
    );
    const described = group.map((projection, index) => ({
      label: `${prefix(layer)}.${block[projection].huggingFace}.bias`,
      shape: [shapes[index]?.outputs ?? 0],
    }));
    const label = described.map((bias) => bias.label).join(', ');
    const biases = hasBias ? persistentTogether(label, 'weights', described) : [];
    return weights.map((weight, index) => ({
      weight,
      bias: biases[index] ?? null,
      inputs: weight.columns,
      outputs: weight.rows,
    }));
  };
  const rotary: RotaryTables = {
    rope: { theta: config.ropeTheta, scaling: config.ropeScaling },
    cosine: tensor('rotary cosine', [positions, headSize / 2]),
    sine: tensor('rotary sine', [positions, headSize / 2]),
  };
  const embedding = matrix(`${outside.embedding.huggingFace}.weight`, vocabularySize, hiddenSize);
  const layers = Array.from({ length: config.layers }, (_, layer): LayerWeights => {
    const norm = (pair: NamePair, size: number): Tensor =>
      tensor(`${prefix(layer)}.${pair.huggingFace}.weight`, [size]);
    const { queryKeyValueBias, outputBias, feedForwardBias } = config;
    const [q, k, v] = linears(layer, ['q', 'k', 'v'], queryKeyValueBias);
    const [o] = linears(layer, ['o'], outputBias);
    const [gate, up] = linears(layer, ['gate', 'up'], feedForwardBias);
    const [down] = linears(layer, ['down'], feedForwardBias);
    if (!q || !k || !v || !o || !gate || !up || !down) throw new Error('A block has seven linears');
    return {
      attentionNorm: norm(block.attentionNorm, hiddenSize),
      feedForwardNorm: norm(block.feedForwardNorm, hiddenSize),
      projections: { q, k, v, o, gate, up, down },
      queryNorm: block.queryNorm ? norm(block.queryNorm, headSize) : null,
      keyNorm: block.keyNorm ? norm(block.keyNorm, headSize) : null,
      rotary,
    };
  });
  return {
    embedding,
    head: config.tiedHead
      ? embedding
      : matrix(`${outside.head.huggingFace}.weight`, vocabularySize, hiddenSize),
    finalNorm: tensor(`${outside.finalNorm.huggingFace}.weight`, [hiddenSize]),
    layers,
    rotary: [rotary],
  };
}

/** Every matrix that comes from the checkpoint, each once. */
export function frozenMatrices(weights: ModelWeights): FrozenMatrix[] {
  const projections = weights.layers.flatMap((layer) =>
    Object.values(layer.projections).map(({ weight }) => weight),
  );
  return [...new Set([weights.embedding, weights.head, ...projections])];
}

/** Norms and biases, labelled with their Hugging Face names. */
export function frozenVectors(weights: ModelWeights): Tensor[] {
  const found = [weights.finalNorm];
  for (const layer of weights.layers) {
    found.push(layer.attentionNorm, layer.feedForwardNorm);
    for (const { bias } of Object.values(layer.projections)) if (bias) found.push(bias);
    if (layer.queryNorm) found.push(layer.queryNorm);
    if (layer.keyNorm) found.push(layer.keyNorm);
  }
  return found;
}

/** Names and shapes of everything that comes from the checkpoint. */
export function checkpointShapes(
  weights: ModelWeights,
): { readonly name: string; readonly shape: readonly number[] }[] {
  return [
    ...frozenMatrices(weights).map(({ name, rows, columns }) => ({ name, shape: [rows, columns] })),
    ...frozenVectors(weights).map(({ label, shape }) => ({ name: label, shape })),
  ];
}

export function weightSpecs(weights: ModelWeights): BufferSpec[] {
  const matrices = frozenMatrices(weights).flatMap(({ parts }) =>
    parts.map(({ matrix }) => matrix.tensor),
  );
  const tables = weights.rotary.flatMap(({ cosine, sine }) => [cosine, sine]);
  return buffersOf([...matrices, ...frozenVectors(weights), ...tables]);
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
 * of a GGUF file, before any byte is read. Tensors beyond those are not looked at.
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
  if (name === 'lm_head.weight' && !config.tiedHead) {
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
      for (const vector of frozenVectors(weights)) {
        gpu.write(vector, await folder.readFloat32(vector.label));
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

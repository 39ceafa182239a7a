import { StudioError } from '../../errors.ts';
import type { WeightsFolder } from '../../formats/weights-folder.ts';
import type { Gpu } from '../gpu/device.ts';
import {
  elementCount,
  isScratch,
  persistentTensor,
  type BufferSpec,
  type Tensor,
} from '../gpu/tensor.ts';
import { rotaryTables } from '../kernels/rotary.ts';
import type { ModelConfig } from './config.ts';
import { projectionModules, type Projection } from './projections.ts';

/** One projection's frozen weight [out, in] and its optional bias [out]. */
export interface LinearWeights {
  readonly weight: Tensor;
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
}

/** All frozen tensors of a decoder, by description; none exists before `BaseModel.load`. */
export interface ModelWeights {
  readonly embedding: Tensor;
  readonly head: Tensor;
  readonly finalNorm: Tensor;
  readonly layers: readonly LayerWeights[];
  /** cos and sin of every position and frequency, [context, headSize/2]. */
  readonly cosine: Tensor;
  readonly sine: Tensor;
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
 * kept: no more than the longest sequence in use needs.
 */
export function describeWeights(config: ModelConfig, positions: number): ModelWeights {
  const tensor = (name: string, shape: readonly number[]): Tensor =>
    persistentTensor(name, 'weights', shape);
  const { hiddenSize, vocabularySize, headSize } = config;
  const linear = (layer: number, projection: Projection, hasBias: boolean): LinearWeights => {
    const name = `model.layers.${layer}.${projectionModules[projection]}`;
    const { inputs, outputs } = projectionShape(config, projection);
    return {
      weight: tensor(`${name}.weight`, [outputs, inputs]),
      bias: hasBias ? tensor(`${name}.bias`, [outputs]) : null,
      inputs,
      outputs,
    };
  };
  const embedding = tensor('model.embed_tokens.weight', [vocabularySize, hiddenSize]);
  const layers = Array.from({ length: config.layers }, (_, layer): LayerWeights => {
    const prefix = `model.layers.${layer}`;
    const { queryKeyValueBias, outputBias, feedForwardBias } = config;
    return {
      attentionNorm: tensor(`${prefix}.input_layernorm.weight`, [hiddenSize]),
      feedForwardNorm: tensor(`${prefix}.post_attention_layernorm.weight`, [hiddenSize]),
      projections: {
        q: linear(layer, 'q', queryKeyValueBias),
        k: linear(layer, 'k', queryKeyValueBias),
        v: linear(layer, 'v', queryKeyValueBias),
        o: linear(layer, 'o', outputBias),
        gate: linear(layer, 'gate', feedForwardBias),
        up: linear(layer, 'up', feedForwardBias),
        down: linear(layer, 'down', feedForwardBias),
      },
      queryNorm: config.queryKeyNorm
        ? tensor(`${prefix}.self_attn.q_norm.weight`, [headSize])
        : null,
      keyNorm: config.queryKeyNorm ? tensor(`${prefix}.self_attn.k_norm.weight`, [headSize]) : null,
    };
  });
  return {
    embedding,
    head: config.tiedHead ? embedding : tensor('lm_head.weight', [vocabularySize, hiddenSize]),
    finalNorm: tensor('model.norm.weight', [hiddenSize]),
    layers,
    cosine: tensor('rotary cosine', [positions, headSize / 2]),
    sine: tensor('rotary sine', [positions, headSize / 2]),
  };
}

/** The tensors that come from the checkpoint, each once, labelled with its Hugging Face name. */
export function checkpointTensors(weights: ModelWeights): Tensor[] {
  const found = new Set<Tensor>([weights.embedding, weights.head, weights.finalNorm]);
  for (const layer of weights.layers) {
    found.add(layer.attentionNorm).add(layer.feedForwardNorm);
    for (const { weight, bias } of Object.values(layer.projections)) {
      found.add(weight);
      if (bias) found.add(bias);
    }
    if (layer.queryNorm) found.add(layer.queryNorm);
    if (layer.keyNorm) found.add(layer.keyNorm);
  }
  return [...found];
}

export function weightSpecs(weights: ModelWeights): BufferSpec[] {
  return [...checkpointTensors(weights), weights.cosine, weights.sine].flatMap(({ storage }) =>
    isScratch(storage) ? [] : [storage],
  );
}

/** Parameters of a checkpoint of this configuration. */
export function parameterCount(config: ModelConfig): number {
  return checkpointTensors(describeWeights(config, 1)).reduce(
    (sum, { shape }) => sum + elementCount(shape),
    0,
  );
}

/**
 * Checks that a folder holds every tensor of the configuration in its shape, before any byte is read.
 * @throws StudioError `tensor-missing`, `tensor-shape`
 */
export function checkWeights(config: ModelConfig, folder: WeightsFolder): void {
  for (const { label, shape } of checkpointTensors(describeWeights(config, 1))) {
    const entry = folder.tensors.get(label);
    if (!entry) {
      throw new StudioError({
        code: 'tensor-missing',
        message: `The weights lack the tensor ${label}.`,
        kept: 'Models already loaded.',
        remedy: 'Drop the complete folder, with every safetensors file of the model.',
        data: { tensor: label },
      });
    }
    if (entry.shape.length !== shape.length || entry.shape.some((size, i) => size !== shape[i])) {
      throw new StudioError({
        code: 'tensor-shape',
        message: `${label} has shape [${entry.shape.join(', ')}]; config.json calls for [${shape.join(', ')}].`,
        kept: 'Models already loaded.',
        remedy: 'Use config.json and weights of the same model.',
        data: { tensor: label },
      });
    }
  }
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
   * Uploads a checkpoint tensor by tensor; at most one is in memory at a time.
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
      const tensors = checkpointTensors(weights);
      const total = tensors.reduce((sum, { shape }) => sum + elementCount(shape), 0);
      let done = 0;
      for (const tensor of tensors) {
        gpu.write(tensor, await folder.readFloat32(tensor.label));
        done += elementCount(tensor.shape);
        options.onProgress?.(done / total);
      }
      const tables = rotaryTables({
        theta: config.ropeTheta,
        headSize: config.headSize,
        scaling: config.ropeScaling,
        positions: weights.cosine.shape[0] ?? 1,
      });
      gpu.write(weights.cosine, tables.cosine);
      gpu.write(weights.sine, tables.sine);
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

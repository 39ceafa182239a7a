/** The decoder as an ONNX graph. */
import type { OnnxConstant, OnnxGraph, OnnxNode } from '../onnx.ts';
import { transposed } from '../values.ts';
import type { NamedWeights } from './model.ts';

/**
 * How the graph writes attention: as one GroupQueryAttention with rotary positions inside, which exporters
 * for browsers prefer, or spelled out in products and a softmax, as general exporters leave it.
 */
export type AttentionForm = 'fused' | 'plain';

/**
 * The decoder as exporters write it: norms that take the residual in, `past_key_values.*` in and
 * `present.*` out, logits of every position.
 */
export function decoderGraph(
  model: NamedWeights,
  capacity: number,
  attention: AttentionForm,
): OnnxGraph {
  const graph = new DecoderGraph(model, attention);
  graph.rotaryTables(capacity);
  graph.begin();
  let residual = 'embedded';
  for (let layer = 0; layer < model.config.layers; layer += 1) {
    graph.attentionBlock(layer);
    residual = graph.feedForwardBlock(layer, graph.joinAttention(layer, residual));
  }
  graph.linear('lm_head.weight', `normed.${model.config.layers}`, 'logits');
  return graph;
}

/** Names of the cache of a layer. */
const cacheNames = (side: string, layer: number): readonly string[] =>
  ['key', 'value'].map((part) => `${side}.${layer}.${part}`);

/** A graph that grows block by block; values of a layer end in its number. */
class DecoderGraph implements OnnxGraph {
  readonly nodes: OnnxNode[] = [];
  readonly constants: OnnxConstant[] = [];
  readonly inputs: OnnxGraph['inputs'][number][] = [];
  readonly outputs: OnnxGraph['outputs'][number][] = [];
  readonly #model: NamedWeights;
  readonly #attention: AttentionForm;

  constructor(model: NamedWeights, attention: AttentionForm) {
    this.#model = model;
    this.#attention = attention;
  }

  #tensor(name: string) {
    const tensor = this.#model.tensors.get(name);
    if (!tensor) throw new Error(`The model lacks ${name}`);
    return tensor;
  }

  /** A norm's weight or a table; gives its name. */
  #vector(name: string): string {
    const { shape, values } = this.#tensor(name);
    this.constants.push({ name, type: 'float', dims: shape, data: values });
    return name;
  }

  /** x Wᵀ as MatMul takes it: weights [in, out]. */
  linear(name: string, input: string, output: string): void {
    const { shape, values } = this.#tensor(name);
    const [rows = 0, columns = 0] = shape;
    const data = transposed(values, rows, columns);
    this.constants.push({ name, type: 'float', dims: [columns, rows], data });
    this.nodes.push({ op: 'MatMul', inputs: [input, name], outputs: [output] });
  }

  /** Cosines and sines of every position. */
  rotaryTables(capacity: number): void {
    const { config } = this.#model;
    const half = config.headSize / 2;
    const angles = Array.from({ length: capacity * half }, (_, i) => {
      const position = Math.floor(i / half);
      return position * config.ropeTheta ** (-(2 * (i % half)) / config.headSize);
    });
    for (const [name, of] of [
      ['cos', Math.cos],
      ['sin', Math.sin],
    ] as const) {
      const data = Float32Array.from(angles, of);
      this.constants.push({ name, type: 'float', dims: [capacity, half], data });
    }
  }

  /** Inputs and outputs of the whole, the embedding and the first norm. */
  begin(): void {
    const { config } = this.#model;
    const embedding = this.#vector('model.embed_tokens.weight');
    this.nodes.push({ op: 'Gather', inputs: [embedding, 'input_ids'], outputs: ['embedded'] });
    this.nodes.push({
      op: 'SimplifiedLayerNormalization',
      inputs: ['embedded', this.#vector('model.layers.0.input_layernorm.weight')],
      outputs: ['normed.0'],
      attributes: { axis: -1, epsilon: { float: config.rmsEpsilon }, stash_type: 1 },
    });
    this.inputs.push({ name: 'input_ids', type: 'int32', dims: [1, 'sequence'] });
    if (this.#attention === 'fused') {
      this.inputs.push(
        { name: 'seqlens_k', type: 'int32', dims: [1] },
        { name: 'total_sequence_length', type: 'int32', dims: [1] },
      );
    } else {
      this.inputs.push(
        { name: 'position_ids', type: 'int64', dims: [1, 'sequence'] },
        { name: 'mask', type: 'float', dims: [1, 1, 'sequence', 'total'] },
      );
      this.#plainConstants();
    }
    const dims = [1, 'sequence', config.vocabularySize];
    this.outputs.push({ name: 'logits', type: 'float', dims });
  }

  #plainConstants(): void {
    const { config } = this.#model;
    const width = config.heads * config.headSize;
    const int64 = (name: string, values: readonly number[]): void => {
      const data = BigInt64Array.from(values, BigInt);
      this.constants.push({ name, type: 'int64', dims: [values.length], data });
    };
    int64('by head', [1, -1, config.heads, config.headSize]);
    int64('together', [1, -1, width]);
    const data = Float32Array.of(1 / Math.sqrt(config.headSize));
    this.constants.push({ name: 'scale', type: 'float', dims: [], data });
  }

  /** Queries, keys and values of a layer, and what its tokens see of one another. */
  attentionBlock(layer: number): void {
    const { keyValueHeads, headSize } = this.#model.config;
    for (const part of ['q', 'k', 'v']) {
      const name = `model.layers.${layer}.self_attn.${part}_proj.weight`;
      this.linear(name, `normed.${layer}`, `${part}.${layer}`);
    }
    const past = cacheNames('past_key_values', layer);
    const present = cacheNames('present', layer);
    const dims = (length: string) => [1, keyValueHeads, length, headSize];
    for (const name of past) this.inputs.push({ name, type: 'float', dims: dims('past') });
    for (const name of present) this.outputs.push({ name, type: 'float', dims: dims('total') });
    if (this.#attention === 'plain') this.#plainAttention(layer, past, present);
    else this.#fusedAttention(layer, past, present);
  }

  #fusedAttention(layer: number, past: readonly string[], present: readonly string[]): void {
    const { heads, keyValueHeads } = this.#model.config;
    const vectors = ['q', 'k', 'v'].map((part) => `${part}.${layer}`);
    const lengths = ['seqlens_k', 'total_sequence_length'];
    this.nodes.push({
      op: 'GroupQueryAttention',
      domain: 'com.microsoft',
      inputs: [...vectors, ...past, ...lengths, 'cos', 'sin'],
      outputs: [`attended.${layer}`, ...present],
      attributes: {
        num_heads: heads,
        kv_num_heads: keyValueHeads,
        do_rotary: 1,
        rotary_interleaved: 0,
      },
    });
  }

  /** Query heads and key heads are as many in this model, so nothing is repeated. */
  #plainAttention(layer: number, past: readonly string[], present: readonly string[]): void {
    const { nodes } = this;
    const { config } = this.#model;
    const [pastKey = '', pastValue = ''] = past;
    const [key = '', value = ''] = present;
    const local = (name: string): string => `${name}.${layer}`;
    for (const part of ['q', 'k']) {
      nodes.push({
        op: 'RotaryEmbedding',
        domain: 'com.microsoft',
        inputs: [local(part), 'position_ids', 'cos', 'sin'],
        outputs: [local(`${part} turned`)],
        attributes: { interleaved: 0, num_heads: config.heads },
      });
    }
    for (const [from, to] of [
      ['q turned', 'q heads'],
      ['k turned', 'k heads'],
      ['v', 'v heads'],
    ] as const) {
      const split = local(`${to} split`);
      nodes.push({ op: 'Reshape', inputs: [local(from), 'by head'], outputs: [split] });
      nodes.push({
        op: 'Transpose',
        inputs: [split],
        outputs: [local(to)],
        attributes: { perm: [0, 2, 1, 3] },
      });
    }
    const concat = { op: 'Concat', attributes: { axis: 2 } };
    nodes.push({ ...concat, inputs: [pastKey, local('k heads')], outputs: [key] });
    nodes.push({ ...concat, inputs: [pastValue, local('v heads')], outputs: [value] });
    nodes.push({
      op: 'Transpose',
      inputs: [key],
      outputs: [local('keys across')],
      attributes: { perm: [0, 1, 3, 2] },
    });
    const steps: readonly [string, readonly string[], string][] = [
      ['MatMul', [local('q heads'), local('keys across')], 'products'],
      ['Mul', [local('products'), 'scale'], 'scaled'],
      ['Add', [local('scaled'), 'mask'], 'masked'],
      ['Softmax', [local('masked')], 'shares'],
      ['MatMul', [local('shares'), value], 'heads'],
    ];
    for (const [op, from, to] of steps) {
      nodes.push({ op, inputs: from, outputs: [local(to)] });
    }
    nodes.push({
      op: 'Transpose',
      inputs: [local('heads')],
      outputs: [local('heads back')],
      attributes: { perm: [0, 2, 1, 3] },
    });
    nodes.push({
      op: 'Reshape',
      inputs: [local('heads back'), 'together'],
      outputs: [local('attended')],
    });
  }

  /** Adds the attention of a layer to the residual, and norms it; gives the new residual. */
  joinAttention(layer: number, residual: string): string {
    const module = `model.layers.${layer}`;
    this.linear(`${module}.self_attn.o_proj.weight`, `attended.${layer}`, `attention.${layer}`);
    const joined = `residual.attention.${layer}`;
    const norm = this.#vector(`${module}.post_attention_layernorm.weight`);
    this.nodes.push({
      op: 'SkipSimplifiedLayerNormalization',
      domain: 'com.microsoft',
      inputs: [residual, `attention.${layer}`, norm],
      outputs: [`middle.${layer}`, '', '', joined],
      attributes: { epsilon: { float: this.#model.config.rmsEpsilon } },
    });
    return joined;
  }

  /** The same for the feed-forward block of a layer, with the next layer's norm or the last. */
  feedForwardBlock(layer: number, residual: string): string {
    const { nodes } = this;
    const { layers, rmsEpsilon } = this.#model.config;
    const module = `model.layers.${layer}.mlp`;
    const local = (name: string): string => `${name}.${layer}`;
    this.linear(`${module}.gate_proj.weight`, local('middle'), local('gate'));
    this.linear(`${module}.up_proj.weight`, local('middle'), local('up'));
    const products: readonly [string, readonly string[], string][] = [
      ['Sigmoid', [local('gate')], 'sigmoid'],
      ['Mul', [local('gate'), local('sigmoid')], 'activated'],
      ['Mul', [local('activated'), local('up')], 'gated'],
    ];
    for (const [op, inputs, output] of products) {
      nodes.push({ op, inputs, outputs: [local(output)] });
    }
    this.linear(`${module}.down_proj.weight`, local('gated'), local('down'));
    const last = layer === layers - 1;
    const next = last ? 'model.norm.weight' : `model.layers.${layer + 1}.input_layernorm.weight`;
    nodes.push({
      op: 'SkipSimplifiedLayerNormalization',
      domain: 'com.microsoft',
      inputs: [residual, local('down'), this.#vector(next)],
      outputs: [`normed.${layer + 1}`, ...(last ? [] : ['', '', local('residual')])],
      attributes: { epsilon: { float: rmsEpsilon } },
    });
    return local('residual');
  }
}

/** The decoder as an ONNX file, and the loop around it. */
import type * as Ort from 'onnxruntime-web/webgpu';
import { onnxModel, type OnnxConstant, type OnnxGraph, type OnnxNode } from '../onnx.ts';
import type { OrtModule } from '../ort.ts';
import { transposed } from '../values.ts';
import type { WriterContestant } from './contest.ts';
import type { NamedWeights } from './model.ts';

/**
 * How the graph writes attention: as one GroupQueryAttention with rotary positions inside, which exporters
 * for browsers prefer, or spelled out in products and a softmax, as general exporters leave it.
 */
type AttentionForm = 'fused' | 'plain';

/**
 * The decoder as exporters write it: norms that take the residual in, `past_key_values.*` in and
 * `present.*` out, logits of every position.
 */
function decoderGraph(
  { config, tensors }: NamedWeights,
  capacity: number,
  attention: AttentionForm,
): OnnxGraph {
  const nodes: OnnxNode[] = [];
  const constants: OnnxConstant[] = [];
  const tensorOf = (name: string) => {
    const tensor = tensors.get(name);
    if (!tensor) throw new Error(`The model lacks ${name}`);
    return tensor;
  };
  const vector = (name: string): string => {
    const { shape, values } = tensorOf(name);
    constants.push({ name, type: 'float', dims: shape, data: values });
    return name;
  };
  /** x Wᵀ as MatMul takes it: weights [in, out]. */
  const linear = (name: string, input: string, output: string): void => {
    const { shape, values } = tensorOf(name);
    const [rows = 0, columns = 0] = shape;
    const data = transposed(values, rows, columns);
    constants.push({ name, type: 'float', dims: [columns, rows], data });
    nodes.push({ op: 'MatMul', inputs: [input, name], outputs: [output] });
  };
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
    constants.push({ name, type: 'float', dims: [capacity, half], data });
  }
  const epsilon = { float: config.rmsEpsilon };
  const embedding = vector('model.embed_tokens.weight');
  nodes.push({ op: 'Gather', inputs: [embedding, 'input_ids'], outputs: ['embedded'] });
  nodes.push({
    op: 'SimplifiedLayerNormalization',
    inputs: ['embedded', vector('model.layers.0.input_layernorm.weight')],
    outputs: ['normed.0'],
    attributes: { axis: -1, epsilon, stash_type: 1 },
  });
  const cacheDims = (length: string) => [1, config.keyValueHeads, length, config.headSize];
  const inputs: OnnxGraph['inputs'][number][] = [
    { name: 'input_ids', type: 'int32', dims: [1, 'sequence'] },
    ...(attention === 'fused'
      ? ([
          { name: 'seqlens_k', type: 'int32', dims: [1] },
          { name: 'total_sequence_length', type: 'int32', dims: [1] },
        ] as const)
      : ([
          { name: 'position_ids', type: 'int64', dims: [1, 'sequence'] },
          { name: 'mask', type: 'float', dims: [1, 1, 'sequence', 'total'] },
        ] as const)),
  ];
  if (attention === 'plain') {
    const width = config.heads * config.headSize;
    const int64 = (name: string, values: readonly number[]): void => {
      const data = BigInt64Array.from(values, BigInt);
      constants.push({ name, type: 'int64', dims: [values.length], data });
    };
    int64('by head', [1, -1, config.heads, config.headSize]);
    int64('together', [1, -1, width]);
    const data = Float32Array.of(1 / Math.sqrt(config.headSize));
    constants.push({ name: 'scale', type: 'float', dims: [], data });
  }
  /** Query heads and key heads are as many in this model, so nothing is repeated. */
  const plainAttention = (layer: number, past: readonly string[], present: readonly string[]) => {
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
  };
  const outputs: OnnxGraph['outputs'][number][] = [
    { name: 'logits', type: 'float', dims: [1, 'sequence', config.vocabularySize] },
  ];
  let residual = 'embedded';
  for (let layer = 0; layer < config.layers; layer += 1) {
    const module = `model.layers.${layer}`;
    const local = (name: string): string => `${name}.${layer}`;
    const normed = local('normed');
    for (const part of ['q', 'k', 'v']) {
      linear(`${module}.self_attn.${part}_proj.weight`, normed, local(part));
    }
    const past = ['key', 'value'].map((part) => `past_key_values.${layer}.${part}`);
    const present = ['key', 'value'].map((part) => `present.${layer}.${part}`);
    for (const name of past) inputs.push({ name, type: 'float', dims: cacheDims('past') });
    for (const name of present) outputs.push({ name, type: 'float', dims: cacheDims('total') });
    if (attention === 'plain') plainAttention(layer, past, present);
    else {
      const lengths = ['seqlens_k', 'total_sequence_length'];
      nodes.push({
        op: 'GroupQueryAttention',
        domain: 'com.microsoft',
        inputs: [local('q'), local('k'), local('v'), ...past, ...lengths, 'cos', 'sin'],
        outputs: [local('attended'), ...present],
        attributes: {
          num_heads: config.heads,
          kv_num_heads: config.keyValueHeads,
          do_rotary: 1,
          rotary_interleaved: 0,
        },
      });
    }
    linear(`${module}.self_attn.o_proj.weight`, local('attended'), local('attention'));
    const afterAttention = local('residual.attention');
    nodes.push({
      op: 'SkipSimplifiedLayerNormalization',
      domain: 'com.microsoft',
      inputs: [residual, local('attention'), vector(`${module}.post_attention_layernorm.weight`)],
      outputs: [local('middle'), '', '', afterAttention],
      attributes: { epsilon },
    });
    linear(`${module}.mlp.gate_proj.weight`, local('middle'), local('gate'));
    linear(`${module}.mlp.up_proj.weight`, local('middle'), local('up'));
    nodes.push({ op: 'Sigmoid', inputs: [local('gate')], outputs: [local('sigmoid')] });
    nodes.push({
      op: 'Mul',
      inputs: [local('gate'), local('sigmoid')],
      outputs: [local('activated')],
    });
    nodes.push({
      op: 'Mul',
      inputs: [local('activated'), local('up')],
      outputs: [local('gated')],
    });
    linear(`${module}.mlp.down_proj.weight`, local('gated'), local('down'));
    const last = layer === config.layers - 1;
    const next = last ? 'model.norm.weight' : `model.layers.${layer + 1}.input_layernorm.weight`;
    residual = local('residual');
    nodes.push({
      op: 'SkipSimplifiedLayerNormalization',
      domain: 'com.microsoft',
      inputs: [afterAttention, local('down'), vector(next)],
      outputs: [`normed.${layer + 1}`, ...(last ? [] : ['', '', residual])],
      attributes: { epsilon },
    });
  }
  linear('lm_head.weight', `normed.${config.layers}`, 'logits');
  return { nodes, constants, inputs, outputs };
}

function argmax(values: Float32Array): number {
  let best = 0;
  for (let i = 1; i < values.length; i += 1) {
    if ((values[i] ?? -Infinity) > (values[best] ?? -Infinity)) best = i;
  }
  return best;
}

/** Positions of the newest tokens, and minus infinity where a token may not look. */
function positions(ort: OrtModule, count: number, total: number): Record<string, Ort.Tensor> {
  const first = total - count;
  const ids = BigInt64Array.from({ length: count }, (_, i) => BigInt(first + i));
  const mask = Float32Array.from({ length: count * total }, (_, i) =>
    i % total > first + Math.floor(i / total) ? -3e38 : 0,
  );
  return {
    position_ids: new ort.Tensor('int64', ids, [1, count]),
    mask: new ort.Tensor('float32', mask, [1, 1, count, total]),
  };
}

/** onnxruntime-web as browsers' text generators use it: the cache stays on the GPU, logits come back. */
export function ortWriter(
  load: () => Promise<OrtModule>,
  model: NamedWeights,
  capacity: number,
  form: AttentionForm,
): WriterContestant {
  const { config } = model;
  return {
    name: form === 'fused' ? 'onnxruntime-web' : 'onnxruntime-web, plain',
    note:
      form === 'fused'
        ? 'GroupQueryAttention, growing cache in GPU buffers'
        : 'attention spelled out, growing cache in GPU buffers',
    prepare: async () => {
      const ort = await load();
      const cacheNames = Array.from({ length: config.layers }, (_, layer) =>
        ['key', 'value'].map((part) => `${layer}.${part}`),
      ).flat();
      const session = await ort.InferenceSession.create(
        onnxModel(decoderGraph(model, capacity, form)),
        {
          executionProviders: ['webgpu'],
          preferredOutputLocation: {
            logits: 'cpu',
            ...Object.fromEntries(cacheNames.map((name) => [`present.${name}`, 'gpu-buffer'])),
          },
        },
      );
      const ints = (values: readonly number[], dims: readonly number[]): Ort.Tensor =>
        new ort.Tensor('int32', Int32Array.from(values), dims);
      return {
        generate: async (prompt, tokens) => {
          const started = performance.now();
          let past = new Map<string, Ort.Tensor>(
            cacheNames.map((name) => [
              name,
              new ort.Tensor('float32', new Float32Array(0), [
                1,
                config.keyValueHeads,
                0,
                config.headSize,
              ]),
            ]),
          );
          const ids: number[] = [];
          let next: readonly number[] = [...prompt];
          let total = 0;
          let toFirst = 0;
          while (ids.length < tokens) {
            total += next.length;
            const results = await session.run({
              input_ids: ints(next, [1, next.length]),
              ...(form === 'fused'
                ? {
                    seqlens_k: ints([total - 1], [1]),
                    total_sequence_length: ints([total], [1]),
                  }
                : positions(ort, next.length, total)),
              ...Object.fromEntries([...past].map(([name, t]) => [`past_key_values.${name}`, t])),
            });
            const logits = results['logits'];
            if (!logits) throw new Error('No logits');
            const id = argmax(logits.data.subarray(-config.vocabularySize));
            if (ids.length === 0) toFirst = performance.now() - started;
            ids.push(id);
            next = [id];
            for (const tensor of past.values()) tensor.dispose();
            past = new Map(
              cacheNames.map((name) => {
                const tensor = results[`present.${name}`];
                if (!tensor) throw new Error(`No present.${name}`);
                return [name, tensor];
              }),
            );
          }
          const milliseconds = performance.now() - started;
          for (const tensor of past.values()) tensor.dispose();
          return { ids, milliseconds, millisecondsToFirst: toFirst };
        },
        release: () => session.release(),
      };
    },
  };
}

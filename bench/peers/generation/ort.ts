/** Greedy decoding with onnxruntime-web. */
import type * as Ort from 'onnxruntime-web/webgpu';
import type { ModelConfig } from '../../../src/engine/model/config.ts';
import { onnxModel } from '../onnx.ts';
import type { OrtModule } from '../ort.ts';
import type { WriterContestant } from './contest.ts';
import type { NamedWeights } from './model.ts';
import { decoderGraph, type AttentionForm } from './ort-graph.ts';

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

type Cache = ReadonlyMap<string, Ort.Tensor>;

/** The cache before the first token. */
function emptyCache(
  ort: OrtModule,
  { keyValueHeads, headSize }: ModelConfig,
  names: readonly string[],
): Cache {
  const dims = [1, keyValueHeads, 0, headSize];
  return new Map(names.map((name) => [name, new ort.Tensor('float32', new Float32Array(0), dims)]));
}

/** The cache that a step leaves. */
function presentOf(results: Readonly<Record<string, Ort.Tensor>>, names: readonly string[]): Cache {
  return new Map(
    names.map((name) => {
      const tensor = results[`present.${name}`];
      if (!tensor) throw new Error(`No present.${name}`);
      return [name, tensor];
    }),
  );
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
          let past = emptyCache(ort, config, cacheNames);
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
            past = presentOf(results, cacheNames);
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

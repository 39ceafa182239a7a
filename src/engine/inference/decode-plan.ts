/** Plans for prefill and decoding, with caches of fixed capacity. */
import type { DeviceTraits } from '../gpu/kernel.ts';
import { ScratchPool } from '../gpu/plan.ts';
import { PlanRecorder, type PlanSpec } from '../gpu/recorder.ts';
import { persistentTensor, type BufferSpec, type Tensor } from '../gpu/tensor.ts';
import {
  cacheTensorShape,
  canCacheHalf,
  type CacheFormat,
} from '../kernels/attention/key-value-cache.ts';
import type { Products } from '../kernels/linear/linear-kernels.ts';
import {
  advance,
  sampleToken,
  samplingSettingsWords,
  stopTokens,
} from '../kernels/sampling/sampling.ts';
import type { ModelConfig } from '../model/config.ts';
import { cachedBlocks, type LayerCache } from '../model/passes/cached.ts';
import { forwardPass, type DeviceBranches } from '../model/passes/context.ts';
import { recordLogits } from '../model/passes/head.ts';
import { buffersOf } from '../model/inputs.ts';
import type { ModelWeights } from '../model/weights.ts';

export interface DecodeOptions {
  readonly config: ModelConfig;
  readonly weights: ModelWeights;
  readonly branches: DeviceBranches | null;
  /** Sequences generated at once. */
  readonly slots: number;
  /** Tokens each sequence can hold, prompt included. */
  readonly capacity: number;
  readonly forcedExperts?: readonly number[] | null;
  /** How keys and values are cached; float32 unless told otherwise, or where the head size does not suit float16. */
  readonly cache?: CacheFormat;
  /** What the products with frozen weights multiply; float32 where absent. */
  readonly products?: Products;
  readonly traits: DeviceTraits;
}

/** Prompt tokens in one prefill pass. */
export const prefillRows = 64;

/** Rows of a pass: the token, position and sequence of each; all u32. */
export type RowTensors = Readonly<Record<'ids' | 'positions' | 'slots', Tensor>>;

/** State that the sequence in each slot carries from token to token. */
type SequenceState = Readonly<
  Record<'logits' | 'tokens' | 'history' | 'lengths' | 'limits' | 'settings' | 'stop', Tensor>
>;

/** The tensors of generation on a device, and its two plans: prompts in, tokens out. */
export interface DecodePlan extends SequenceState {
  readonly options: DecodeOptions;
  readonly prefillInputs: RowTensors;
  readonly decodeInputs: RowTensors;
  readonly prefill: PlanSpec;
  readonly decode: PlanSpec;
  readonly pool: ScratchPool;
  readonly buffers: readonly BufferSpec[];
}

export function planDecoding(options: DecodeOptions): DecodePlan {
  const { config, slots, weights, traits } = options;
  const prefillInputs = rowTensors('prefill', prefillRows);
  const decodeInputs = rowTensors('decode', slots);
  const caches = layerCaches(options);
  const state = sequenceState(options);

  const prefillRecorder = new PlanRecorder('prefill', traits);
  cachedForward(prefillRecorder, options, prefillInputs, caches);

  const decodeRecorder = new PlanRecorder('decode', traits);
  const hidden = cachedForward(decodeRecorder, options, decodeInputs, caches);
  recordLogits(decodeRecorder, { config, weights, hidden, logits: state.logits });
  sampleToken(decodeRecorder, state);
  const { ids, positions } = decodeInputs;
  advance(decodeRecorder, { ...state, positions, ids });

  const prefill = prefillRecorder.finish();
  const decode = decodeRecorder.finish();
  const pool = new ScratchPool([prefill, decode]);
  const buffers = [
    ...buffersOf([
      ...Object.values(prefillInputs),
      ...Object.values(decodeInputs),
      ...caches.flatMap(({ key, value }) => [key, value]),
      ...Object.values(state),
    ]),
    ...pool.specs,
  ];
  return { options, prefillInputs, decodeInputs, ...state, prefill, decode, pool, buffers };
}

function words(label: string, shape: readonly number[]): Tensor {
  return persistentTensor(label, 'inputs', shape, 'u32');
}

function rowTensors(label: string, rows: number): RowTensors {
  return {
    ids: words(`${label} ids`, [rows]),
    positions: words(`${label} positions`, [rows]),
    slots: words(`${label} slots`, [rows]),
  };
}

function layerCaches({ config, slots, capacity, cache = 'float32' }: DecodeOptions): LayerCache[] {
  const { keyValueHeads, headSize } = config;
  const format = canCacheHalf(headSize) ? cache : 'float32';
  const { shape, type } = cacheTensorShape(format, [slots, capacity, keyValueHeads, headSize]);
  return Array.from({ length: config.layers }, (_, layer) => ({
    key: persistentTensor(`key cache ${layer}`, 'cache', shape, type),
    value: persistentTensor(`value cache ${layer}`, 'cache', shape, type),
  }));
}

function sequenceState({ config, slots, capacity }: DecodeOptions): SequenceState {
  return {
    logits: persistentTensor('logits', 'results', [slots, config.vocabularySize]),
    tokens: persistentTensor('next tokens', 'results', [slots], 'u32'),
    history: words('history', [slots, capacity]),
    lengths: words('lengths', [slots]),
    limits: words('limits', [slots]),
    settings: words('sampling settings', [slots, samplingSettingsWords]),
    stop: words('stop tokens', [stopTokens]),
  };
}

/** Every block over rows of any sequences; keys and values go into the caches. */
function cachedForward(
  recorder: PlanRecorder,
  { config, weights, branches, forcedExperts = null, products = 'float32' }: DecodeOptions,
  inputs: RowTensors,
  caches: readonly LayerCache[],
): Tensor {
  const [rows = 0] = inputs.ids.shape;
  const { positions } = inputs;
  const pass = forwardPass({
    ...{ recorder, config, weights, branches, rows, positions, forcedExperts, products },
  });
  return cachedBlocks(pass, { ...inputs, caches });
}

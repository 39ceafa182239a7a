/** The names that Hugging Face and llama.cpp give an architecture and its tensors, one map for both directions. */

import type { JsonObject } from '../texts/json.ts';

/** One module, without `.weight` or `.bias`: inside a layer, what follows `model.layers.<i>.` and `blk.<i>.`. */
export interface NamePair {
  readonly huggingFace: string;
  readonly gguf: string;
}

/** One stored matrix that joins several modules of a layer, their rows one below the other in this order. */
export interface FusedModule extends NamePair {
  /** Keys of `TensorNames.block`. */
  readonly parts: readonly string[];
}

export interface TensorNames {
  readonly outside: Readonly<Record<'embedding' | 'finalNorm' | 'head', NamePair>>;
  /** Modules of a layer; those that are part of a fused one have names of the studio's own. */
  readonly block: Readonly<Record<string, NamePair>>;
  readonly fused: readonly FusedModule[];
}

/** What the GGUF files of an architecture are like. */
export interface GgufForm {
  /** `general.architecture`. */
  readonly architecture: string;
  /** Set where llama.cpp has one name for several architectures: this one is meant where the file states a window. */
  readonly windowed: boolean;
  /**
   * Modules whose rows lie in llama.cpp's order of rotation: rows 2j and 2j + 1 of a head turn together,
   * where Hugging Face turns row j with row j + headSize / 2.
   */
  readonly pairedRows: readonly string[];
  /** Whether frequencies may be divided by a tensor of the file, which is how Llama 3's scaling is stored. */
  readonly ropeDivisors: boolean;
  /** Fields of config.json that a GGUF file does not state, because they follow from its architecture. */
  readonly implied: JsonObject;
  /** Whether norms are stored as the factor that they scale by, which is Hugging Face's weight plus one. */
  readonly normsAddOne?: true;
  /** Biases that llama.cpp knows for the architecture. */
  readonly attentionBias: boolean;
  readonly feedForwardBias: boolean;
  /** Tokens that end a turn in the architecture's published chat templates. */
  readonly turnEnds: readonly string[];
  /** How text is cut into words where a byte-level tokenizer does not say; null: such a file is refused. */
  readonly preTokenizer: string | null;
}

/** How config.json describes the attention of an architecture, as far as readers and writers of GGUF must know. */
export interface AttentionForm {
  /** `declared`: all four by `attention_bias`; `query-key-value`: these three have one, whatever is declared. */
  readonly attentionBias: 'declared' | 'query-key-value' | 'none';
  /**
   * Which layers look back over a window only: none, whatever is declared; every layer where
   * `sliding_window` is not null (`every-layer-if-stated`: and is present); the layers that `layer_types`, or
   * `use_sliding_window` with `max_window_layers`, names; the layers that `layer_types` names, or all but every
   * sixth (or `sliding_window_pattern`-th), which have a separate rotary base.
   */
  readonly windows:
    | 'none'
    | 'every-layer'
    | 'every-layer-if-stated'
    | 'named-layers'
    | 'local-layers';
  /** Whether scores are divided by √`query_pre_attn_scalar` (256 where absent) instead of √head size. */
  readonly queryScalar?: true;
}

/** The names of an architecture; all its properties are in engine/model/architectures. */
export interface ArchitectureNames {
  /** `model_type` of config.json. */
  readonly name: string;
  /** The architecture's class in transformers that has a head. */
  readonly className: string;
  readonly config: AttentionForm;
  readonly tensors: TensorNames;
  readonly gguf: GgufForm;
}

/** The modules of a layer as files hold them. */
function storedModules({ block, fused }: TensorNames): readonly NamePair[] {
  const parts = new Set(fused.flatMap((module) => module.parts));
  const own = Object.entries(block).flatMap(([key, pair]) => (parts.has(key) ? [] : [pair]));
  return [...own, ...fused];
}

/** `model.layers.3.mlp.up_proj.weight` → `blk.3.ffn_up.weight`; undefined for what the architecture lacks. */
export function ggufTensorName(names: TensorNames, huggingFace: string): string | undefined {
  const [, path = '', kind = ''] = /^(.+)\.(weight|bias)$/.exec(huggingFace) ?? [];
  const [, layer, module] = /^model\.layers\.(\d+)\.(.+)$/.exec(path) ?? [];
  const known =
    layer === undefined
      ? Object.values(names.outside).find((pair) => pair.huggingFace === path)
      : storedModules(names).find((pair) => pair.huggingFace === module);
  if (known === undefined) return undefined;
  return `${layer === undefined ? '' : `blk.${layer}.`}${known.gguf}.${kind}`;
}

/** The other way; `layers` is how many the model has. */
export function huggingFaceTensorName(
  names: TensorNames,
  gguf: string,
  layers: number,
): string | undefined {
  const [, layer, module = '', kind = ''] =
    /^(?:blk\.(0|[1-9]\d{0,3})\.)?(\w+)\.(weight|bias)$/.exec(gguf) ?? [];
  if (layer === undefined) {
    const outside = Object.values(names.outside).find((pair) => pair.gguf === module);
    return outside && kind === 'weight' ? `${outside.huggingFace}.weight` : undefined;
  }
  const known = storedModules(names).find((pair) => pair.gguf === module);
  if (known === undefined || Number(layer) >= layers) return undefined;
  return `model.layers.${layer}.${known.huggingFace}.${kind}`;
}

/** Whether a tensor, by its Hugging Face name, has its rows in pairs in a GGUF file. */
export function hasPairedRows({ tensors, gguf }: ArchitectureNames, huggingFace: string): boolean {
  const [, module] = /^model\.layers\.\d+\.(.+)\.(?:weight|bias)$/.exec(huggingFace) ?? [];
  return gguf.pairedRows.some((key) => tensors.block[key]?.huggingFace === module);
}

/** Whether a tensor, by its shape, is a norm that a GGUF file stores as Hugging Face's weight plus one. */
export function isNormPlusOne({ gguf }: ArchitectureNames, shape: readonly number[]): boolean {
  return gguf.normsAddOne === true && shape.length === 1;
}

/** llama.cpp's number of layers of the only Gemma 3 whose scores are divided by the root of hidden size / heads. */
const LARGEST_GEMMA3 = 62;

/** The number whose root divides the scores, where an architecture has one: GGUF does not state it. */
export function impliedQueryScalar(sizes: {
  readonly layers: number;
  readonly hiddenSize: number;
  readonly heads: number;
  readonly headSize: number;
}): number {
  return sizes.layers === LARGEST_GEMMA3 ? sizes.hiddenSize / sizes.heads : sizes.headSize;
}

/** The type of an architecture: its names, its configuration and its block. Everything else loops over it. */
import type {
  ArchitectureNames,
  AttentionForm,
  NamePair,
  TensorNames,
} from '../../../formats/gguf/gguf-names.ts';
import type { GateActivation } from '../../kernels/ffn/gate.ts';
import type { Projection } from '../projections.ts';

/** Modules of every layer: linears, and the norms before attention and before the feed-forward block. */
export type BlockModule = Projection | 'attentionNorm' | 'feedForwardNorm';
/**
 * Norms that only some architectures have: over each head of queries and keys, before the rotation; over the
 * outputs of attention and of the feed-forward block, before they join the residual.
 */
export type OptionalModule =
  | 'queryNorm'
  | 'keyNorm'
  | 'attentionOutputNorm'
  | 'feedForwardOutputNorm';

/** How config.json describes such a model, where that differs between architectures. */
export interface ConfigForm extends AttentionForm {
  /** The multimodal model whose text part this is, and where its config.json describes that part. */
  readonly partOf?: { readonly modelType: string; readonly field: string };
  /** Sizes that config.json may leave out, with transformers' defaults. */
  readonly sizes?: Readonly<Partial<Record<SizeField, number>>>;
  /** Positions where config.json states none: transformers' default. */
  readonly contextLength: number;
  /** Size of a head where config.json lacks `head_dim`; null: hidden size / heads. */
  readonly headSize: number | null;
  /** `declared`: by `mlp_bias`. */
  readonly feedForwardBias: 'declared' | 'none';
  /** Whether the head is the embedding where `tie_word_embeddings` is absent. */
  readonly tiedHead?: true;
  /** Rotary base of all layers and of local ones where config.json states none; else 10,000. */
  readonly ropeTheta?: number;
  /** Fields that change the computation in ways unknown here: each must be absent, null or false. */
  readonly unset?: readonly UnsetField[];
}

export type SizeField =
  | 'vocab_size'
  | 'hidden_size'
  | 'intermediate_size'
  | 'num_hidden_layers'
  | 'num_attention_heads'
  | 'num_key_value_heads';

export type UnsetField =
  | 'attn_logit_softcapping'
  | 'final_logit_softcapping'
  | 'use_bidirectional_attention';

/** The part of a layer's computation that differs between architectures; norms exist where they have names. */
export interface BlockForm {
  readonly activation: GateActivation;
  /** Whether norms scale by 1 + weight. */
  readonly normsAddOne?: true;
  /** Whether rows of the embedding are multiplied by √hidden size. */
  readonly scaledEmbedding?: true;
}

/** An architecture: the value of one file beside this one. */
export interface Architecture extends ArchitectureNames {
  readonly config: ConfigForm;
  readonly block: BlockForm;
  readonly tensors: TensorNames & {
    readonly block: Readonly<Record<BlockModule, NamePair>> &
      Readonly<Partial<Record<OptionalModule, NamePair>>>;
  };
}

/** What one value says of an architecture: names, configuration, block. Everything else loops over it. */
import type { ArchitectureNames, NamePair, TensorNames } from '../../../formats/gguf/gguf-names.ts';
import type { Projection } from '../projections.ts';

/** Modules of every layer: linears, and the norm in front of attention and of the feed-forward block. */
export type BlockModule = Projection | 'attentionNorm' | 'feedForwardNorm';
/** Norms that not every architecture has: over each head of queries and keys, before the rotation. */
export type OptionalModule = 'queryNorm' | 'keyNorm';

/** How config.json describes such a model, where that differs between architectures. */
export interface ConfigForm {
  /** Positions where config.json states none: what transformers takes. */
  readonly contextLength: number;
  /** Size of a head where config.json lacks `head_dim`; null: hidden size / heads. */
  readonly headSize: number | null;
  /** `declared`: all four by `attention_bias`; `query-key-value`: these three have one, whatever is declared. */
  readonly attentionBias: 'declared' | 'query-key-value' | 'none';
  /** `declared`: by `mlp_bias`. */
  readonly feedForwardBias: 'declared' | 'none';
  /**
   * Which layers look back over a window only: none, whatever is declared; every layer where
   * `sliding_window` is not null; those that `layer_types`, or `use_sliding_window` with
   * `max_window_layers`, names.
   */
  readonly windows: 'none' | 'every-layer' | 'named-layers';
}

/** What the gate of a feed-forward block goes through. */
export type Activation = 'silu';

/** What a layer computes, where that differs between architectures; norms are there where they have names. */
export interface BlockForm {
  readonly activation: Activation;
}

/** An architecture: the value of one file beside this one. */
export interface Architecture extends ArchitectureNames {
  readonly config: ConfigForm;
  readonly block: BlockForm;
  readonly tensors: TensorNames & {
    readonly outside: Readonly<Record<'embedding' | 'finalNorm' | 'head', NamePair>>;
    readonly block: Readonly<Record<BlockModule, NamePair>> &
      Readonly<Partial<Record<OptionalModule, NamePair>>>;
  };
}

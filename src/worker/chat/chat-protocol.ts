/** What page and worker say about conversations. Part of the protocol (protocol.ts); types only. */
import type { Projection } from '../../engine/training/recipe/recipe.ts';
import type { GenerationResult, Message, ModelVariant, SamplingSettings } from '../protocol.ts';

/** The choices of every mixture for each token of a reply. */
export interface ReplyRouting {
  /** Text of each token; a character that spans several tokens stands at the last of them. */
  readonly tokens: readonly string[];
  /** Experts of a mixture, and how many of them each token uses. */
  readonly experts: number;
  readonly active: number;
  readonly linears: readonly {
    readonly layer: number;
    readonly projection: Projection;
    /** tokens × active, the expert with the larger weight first. */
    readonly experts: Uint8Array;
    readonly weights: Float32Array;
  }[];
}

export interface ChatCalls {
  /** Tokens come as `chat.text` events carrying `task`. */
  'chat.generate': {
    in: {
      task: string;
      variant: ModelVariant;
      messages: readonly Message[];
      settings: SamplingSettings;
    };
    out: GenerationResult;
  };
  /** Logits of the last prompt position, to compare variants. */
  'chat.logits': { in: { variant: ModelVariant; messages: readonly Message[] }; out: Float32Array };
  /** Tokens that these messages take as a prompt, and what the model holds. Needs no device. */
  'chat.count': {
    in: { variant: ModelVariant; messages: readonly Message[] };
    out: { readonly tokens: number; readonly context: number };
  };
  /**
   * What the mixtures chose while each token of a reply was read, found by one forward pass over prompt and
   * reply. Refused with `mixture-missing` where none is attached.
   */
  'chat.routing': {
    in: {
      variant: ModelVariant;
      messages: readonly Message[];
      ids: readonly number[];
      task: string;
    };
    out: ReplyRouting;
  };
}

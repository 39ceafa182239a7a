/** Faults of what a model folder says of its model, and of using that model. */
import type { OfFile, Plain } from './shapes.ts';
import type { SchemaReason } from './schema.ts';

export interface ModelFaults {
  'config-unsupported': ConfigObstacle;
  'config-invalid': ConfigReason;
  /** `inner`: type of the text model inside; `runs`: whether that could be used by itself. */
  'config-nested': {
    readonly type: string;
    readonly inner: string;
    readonly field: string;
    readonly runs: boolean;
    readonly supported: string;
  };
  'architecture-unknown': { readonly architecture: string; readonly supported: string };
  'model-file-missing': OfFile & { readonly place: 'folder' | 'hub' };
  'model-file-too-large': OfFile & { readonly bytes: number; readonly most: number };
  'model-paths': Plain;
  'prompt-too-long': { readonly tokens: number; readonly context: number };
}

/** What of a model cannot be run here. @inline */
export type ConfigObstacle =
  | { readonly reason: 'head-size'; readonly size: number }
  | { readonly reason: 'activation'; readonly activation: string }
  | { readonly reason: 'field'; readonly field: string; readonly value: string }
  | { readonly reason: 'layer-type'; readonly type: string }
  | { readonly reason: 'rope-by-layer' }
  | { readonly reason: 'rotated-part'; readonly part: number }
  | { readonly reason: 'rope-untyped'; readonly factor: number }
  | { readonly reason: 'rope-dynamic'; readonly original: number }
  | { readonly reason: 'rope-type'; readonly type: string };

/** Why config.json is no usable description. `field`: '' for the whole of it. @inline */
export type ConfigReason =
  | { readonly reason: 'no-type' }
  | { readonly reason: 'key-value-heads'; readonly keyValueHeads: number; readonly heads: number }
  | { readonly reason: 'heads'; readonly heads: number; readonly hiddenSize: number }
  | { readonly reason: 'layer-types'; readonly entries: number; readonly layers: number }
  | { readonly reason: 'no-window' }
  | { readonly reason: 'no-sliding-window' }
  | { readonly reason: 'linear-factor' }
  | { readonly reason: 'llama3-factor' }
  | { readonly reason: 'longrope-factors'; readonly factors: number; readonly headSize: number }
  | { readonly reason: 'rope-parameters' }
  | ({ readonly field: string } & SchemaReason);

/** Faults of GGUF files, read and written. */
import type { OfFile, OfKey, OfTensor } from './shapes.ts';

export interface GgufFaults {
  'gguf-magic': OfFile;
  'gguf-truncated': OfFile & { readonly bytes: number };
  'gguf-header-size': OfFile & { readonly most: number };
  'gguf-count': OfFile & GgufPlace & { readonly claimed: string; readonly most: number };
  'gguf-string': OfFile & GgufPlace & { readonly claimed: string; readonly most: number };
  'gguf-utf8': OfFile & GgufPlace;
  'gguf-value': OfFile & ValueReason;
  'gguf-array': OfFile & ArrayReason;
  'gguf-duplicate': OfFile &
    ((OfKey & { readonly reason: 'key' }) | (OfTensor & { readonly reason: 'tensor' }));
  'gguf-shape': OfFile & OfTensor & GgufShapeReason;
  'gguf-offset': OfFile & OfTensor & GgufOffsetReason;
  'gguf-overlap': OfFile & OfTensor;
  'gguf-alignment': OfFile & { readonly stated: string };
  'gguf-metadata': OfFile &
    OfKey &
    ({ readonly reason: 'missing' } | { readonly reason: 'type'; readonly due: MetadataType });
  /** `types`: those that are not read; `tensors`: how many have each. */
  'gguf-type': OfFile & { readonly types: readonly string[]; readonly tensors: readonly string[] };
  'gguf-byte-order': OfFile & { readonly version: number };
  'gguf-version': OfFile & { readonly version: number };
  /** `supported`: the architectures that are. */
  'gguf-unsupported': OfFile & { readonly supported: string } & GgufObstacle;
  /** With `file`: read from it. Without: cannot be written to one. */
  'gguf-tokenizer': (OfFile & TokenizerReadReason) | TokenizerWriteReason;
  'gguf-several': { readonly files: readonly string[]; readonly count: number };
  'gguf-model': GgufModelReason;
  'gguf-write-block': OfTensor & { readonly values: number; readonly block: number };
  'gguf-write-range': OfTensor & { readonly value: number };
  'gguf-write-length': OfTensor & { readonly written: number; readonly due: number };
  'block-length': { readonly type: string; readonly values: number; readonly block: number };
}

export type MetadataType =
  | 'text'
  | 'truth value'
  | 'number'
  | 'count'
  | 'list of texts'
  | 'list of numbers';

/** Where in a header. `key`: '' for the names and numbers of what it lists. @inline */
export type GgufPlace = {
  readonly place: 'entries' | 'tensors' | 'key' | 'tensor' | 'value' | 'element' | 'elements';
  readonly key: string;
};

/** @inline */
export type ValueReason =
  | { readonly reason: 'truth'; readonly value: number }
  | (OfKey & { readonly reason: 'type'; readonly type: number })
  | (OfKey & { readonly reason: 'element-type'; readonly type: number });

/** @inline */
export type ArrayReason =
  | (OfKey & { readonly reason: 'depth'; readonly most: number })
  | { readonly reason: 'elements'; readonly most: number };

export type GgufShapeReason =
  | { readonly reason: 'rank'; readonly rank: number }
  | { readonly reason: 'dimension'; readonly size: string }
  | { readonly reason: 'block'; readonly row: number; readonly type: string }
  | { readonly reason: 'overflow' };

export type GgufOffsetReason =
  | { readonly reason: 'alignment'; readonly offset: string; readonly alignment: number }
  | { readonly reason: 'end'; readonly end: number; readonly size: number };

/** What of a valid file cannot be run here. */
export type GgufObstacle =
  | { readonly reason: 'no-model'; readonly type: string }
  | { readonly reason: 'split'; readonly parts: number }
  | { readonly reason: 'no-architecture' }
  | { readonly reason: 'architecture'; readonly architecture: string }
  | { readonly reason: 'experts' }
  | (OfKey & { readonly reason: 'value'; readonly value: string })
  | (OfKey & { readonly reason: 'layers-differ' })
  | { readonly reason: 'value-size'; readonly valueSize: number; readonly headSize: number }
  | { readonly reason: 'rotated'; readonly headSize: number; readonly rotated: number }
  | { readonly reason: 'head-size'; readonly size: number }
  | (OfTensor & { readonly reason: 'tensor' })
  | (OfTensor & { readonly reason: 'rows'; readonly rows: number; readonly headSize: number })
  | (OfTensor & { readonly reason: 'stored'; readonly type: string })
  | (OfTensor & { readonly reason: 'divisors'; readonly shape: string; readonly type: string })
  | { readonly reason: 'no-embedding' }
  | { readonly reason: 'rope-type'; readonly type: string }
  | { readonly reason: 'rope-factors' };

/** Why the tokenizer of a file cannot be used. */
export type TokenizerReadReason =
  | { readonly reason: 'none' }
  | { readonly reason: 'kind'; readonly kind: string }
  | { readonly reason: 'no-tokens' }
  | { readonly reason: 'types'; readonly tokens: number; readonly types: number }
  | { readonly reason: 'token-twice'; readonly token: string }
  | { readonly reason: 'too-long'; readonly characters: number; readonly most: number }
  | { readonly reason: 'space-before' }
  | { readonly reason: 'changes-text'; readonly how: string }
  | { readonly reason: 'too-old' }
  | { readonly reason: 'pre-tokenizer'; readonly name: string; readonly known: readonly string[] }
  | { readonly reason: 'no-merges' }
  | { readonly reason: 'merge'; readonly line: string }
  | { readonly reason: 'scores'; readonly pieces: number; readonly scores: number }
  | { readonly reason: 'pieces-too-long' };

/** Why a tokenizer cannot be written to a file. @inline */
export type TokenizerWriteReason =
  | { readonly reason: 'cut-unnamed' }
  | { readonly reason: 'not-nfc' }
  | { readonly reason: 'no-pairs' }
  | { readonly reason: 'no-scores' }
  | { readonly reason: 'merges-not-by-score'; readonly left: string; readonly right: string }
  | { readonly reason: 'opaque' };

/** Why a model has no form in a file. @inline */
export type GgufModelReason =
  | (OfTensor & { readonly reason: 'unnamed' })
  | { readonly reason: 'llama3-rope'; readonly architecture: string }
  | { readonly reason: 'longrope' }
  | { readonly reason: 'some-windows'; readonly architecture: string }
  | { readonly reason: 'local-layers' }
  | { readonly reason: 'score-scale' }
  | { readonly reason: 'attention-bias'; readonly architecture: string }
  | { readonly reason: 'feed-forward-bias'; readonly architecture: string }
  | (OfTensor & { readonly reason: 'tensor' });

/** Faults of chat templates, tokenizers and of finding answers in a rendered conversation. */
import type { Detail, Plain } from './shapes.ts';

/** @inline */
type Limit = { readonly most: number };

export interface TextFaults {
  'template-limit': TemplateLimit;
  'template-too-long': Limit & { readonly length: number };
  'template-syntax': Detail;
  'template-failed': TemplateReason;
  /** `reason`: in the template's own words. */
  'template-raised': { readonly reason: string };
  'template-missing': Plain;
  'template-input-too-long': Limit & { readonly length: number };
  'template-tokens-missing': {
    readonly missing: readonly string[];
    readonly choice: string;
    readonly other: string;
  };
  'answer-not-located': { readonly turn: number };
  'answer-turns': { readonly turns: number };
  'answer-empty': Plain;
  /** `most`: below which ids are; absent where there is no vocabulary. */
  'tokenizer-vocabulary': { readonly most?: number };
  'tokenizer-added-tokens': { readonly reason: 'no-list' | 'incomplete' };
  'tokenizer-model': Plain;
  'tokenizer-unsupported': { readonly kind: string } | Detail;
  'tokenizer-field': { readonly field: string };
  'tokenizer-unknown-character': Plain;
  'tokenizer-mismatch': { readonly tokenizer: number; readonly model: number };
  'text-lone-surrogate': Plain;
  /** Of the file that leads from replaced identifiers back to the originals. */
  'mapping-passphrase-short': { readonly least: number };
  'mapping-passphrase-wrong': Plain;
  'mapping-unreadable': Plain;
  /** `set`: the name of the set that was made and stays. */
  'mapping-not-saved': Detail & { readonly set: string };
}

/** What a template did too much of. @inline */
export type TemplateLimit =
  | (Limit & { readonly reason: 'elements' })
  | (Limit & { readonly reason: 'characters' })
  | (Limit & { readonly reason: 'depth' })
  | (Limit & { readonly reason: 'steps' })
  | (Limit & { readonly reason: 'seconds' })
  | (Limit & { readonly reason: 'width'; readonly name: string })
  | (Limit & { readonly reason: 'range' });

/** @inline */
export type TemplateReason =
  | { readonly reason: 'method-uncalled' }
  | { readonly reason: 'method-computed' }
  | { readonly reason: 'spread' }
  | (Detail & { readonly reason: 'failed' });

/** Faults of files that a person brings, whatever is in them: archives, JSON, tables, texts. */
import type { AtPath, OfFile, Plain } from './shapes.ts';

/** A flaw of a JSON text, in which file and where. @inline */
type Json<C extends JsonFlaw['code']> = OfFile & {
  readonly position: number;
  readonly line: number;
  readonly column: number;
} & Omit<Extract<JsonFlaw, { readonly code: C }>, 'code'>;

export interface FileFaults {
  'archive-twice': AtPath;
  'archive-bomb': AtPath & { readonly packed: number; readonly size: number };
  'archive-malformed': OfFile & ArchiveFlaw;
  'archive-count': { readonly count: number };
  /** `made`: the studio would write it. */
  'archive-path': AtPath & { readonly made: boolean };
  'archive-encrypted': Plain;
  'archive-range': AtPath & {
    readonly first: number;
    readonly last: number;
    readonly size: number;
  };
  'archive-damaged': AtPath;
  'archive-too-large': AtPath;
  'file-range': RangeReason;
  'file-unreadable': OfFile;
  'file-stand-in': OfFile & { readonly found: 'pointer' | 'page' | 'message' };
  'text-encoding': OfFile;
  'json-too-long': OfFile & { readonly length: number; readonly maxLength: number };
  /** `file`: '' where it has no name. */
  'json-not-object': OfFile;
  'json-syntax': Json<'json-syntax'>;
  'json-depth': Json<'json-depth'>;
  'json-duplicate-key': Json<'json-duplicate-key'>;
  'json-prototype-key': Json<'json-prototype-key'>;
  /** `missing`: columns that are asked for and not there. */
  'import-columns': {
    readonly columns: readonly string[];
    readonly why: 'unknown' | 'not-allowed' | 'repeated' | 'missing';
    readonly missing: readonly string[];
  };
  'import-not-text': OfFile & { readonly found: ForeignFile };
  'import-gzip': OfFile & { readonly reason: 'damaged' | 'ratio' };
  'import-encoding': Plain;
  /** `size`: it holds more than is read here. `packing`: its columns are packed in a way that is not read. */
  'parquet-unreadable': OfFile & { readonly reason: 'damaged' | 'size' | 'packing' };
}

/** Kinds of files that hold no rows as text. @inline */
export type ForeignFile =
  | 'zip'
  | 'spreadsheet'
  | 'parquet'
  | 'arrow'
  | 'packed'
  | 'tar'
  | 'pdf'
  | 'document'
  | 'database'
  | 'pickle'
  | 'pointer'
  | 'page'
  | 'message'
  | 'utf32'
  | 'binary';

/** What of a file is no valid zip archive. @inline */
export type ArchiveFlaw =
  | { readonly reason: 'no-directory' }
  | { readonly reason: 'directory-outside' }
  | { readonly reason: 'no-wide-directory' }
  | { readonly reason: 'wide-directory-outside' }
  | { readonly reason: 'size-beyond' }
  | { readonly reason: 'no-wide-size' }
  | { readonly reason: 'directory-cut' }
  | { readonly reason: 'name-not-text' }
  | (AtPath & { readonly reason: 'method'; readonly method: number })
  | (AtPath & { readonly reason: 'sizes' })
  | { readonly reason: 'file-outside' }
  | { readonly reason: 'no-header' }
  | { readonly reason: 'overlap' }
  | { readonly reason: 'into-directory' };

/** @inline */
type Stretch = { readonly first: number; readonly last: number };

/** @inline */
export type RangeReason =
  | (OfFile & Stretch & { readonly reason: 'bytes'; readonly size: number })
  | (OfFile & Stretch & { readonly reason: 'elements' })
  | (OfFile & Stretch & { readonly reason: 'block'; readonly tensor: string });

/** Why a JSON text is refused. `close`: the bracket that is due unless a comma is. */
export type JsonFlaw =
  | {
      readonly code: 'json-syntax';
      readonly reason: JsonSyntaxReason;
      readonly close?: string;
    }
  | { readonly code: 'json-depth'; readonly levels: number }
  | { readonly code: 'json-duplicate-key'; readonly key: string }
  | { readonly code: 'json-prototype-key'; readonly key: string };

/** @inline */
export type JsonSyntaxReason =
  | 'string-open'
  | 'control-character'
  | 'escape'
  | 'ends'
  | 'not-a-number'
  | 'python'
  | 'comment'
  | 'comma-too-many'
  | 'key'
  | 'value'
  | 'colon'
  | 'comma'
  | 'more';

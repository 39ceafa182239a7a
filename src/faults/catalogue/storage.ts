/** Faults of the browser's storage, and of things that are in use or gone. */
import type { AtPath, Detail, OfFile, OfId, Plain } from './shapes.ts';

export interface StorageFaults {
  /** Such a page gets neither storage nor GPU from a browser. */
  'page-not-secure': Plain;
  'storage-path': AtPath;
  /** Without a path: the database could not be opened. `ended`: the studio has let go of it. */
  'storage-failed': (AtPath & Detail) | Detail | (AtPath & { readonly ended: true });
  'storage-full': AtPath;
  'storage-short': { readonly needed: number; readonly free: number };
  'storage-newer': Plain;
  'storage-changing': Plain;
  'storage-cleared': OfId;
  'file-missing': AtPath;
  'file-damaged': AtPath & { readonly bytes: number; readonly expected: number };
  'public-file-missing': AtPath & PublicFileReason;
  'public-file-damaged': AtPath & { readonly bytes: number; readonly expected: number };
  'data-set-missing': OfId;
  'data-set-empty': OfFile;
  'data-set-in-use': OfId;
  'identifiers-not-looked': OfId;
  'row-missing': { readonly index: number };
  'model-missing': OfId;
  'model-in-use': OfId;
  'model-built-in': OfId;
  'download-missing': OfId;
  'download-elsewhere': OfId;
  'document-elsewhere': OfId & { readonly kind: string };
}

/** Why a file of the page's own origin could not be read. @inline */
export type PublicFileReason =
  | { readonly reason: 'outside' }
  | { readonly reason: 'page' }
  | { readonly reason: 'status'; readonly status: number }
  | (Detail & { readonly reason: 'network' });

/** What the system says of a file, such as a full disk, as a fault with words; and which file a fault is about. */
import { basename } from 'node:path';
import type { Faults } from '../faults/catalogue.ts';
import { asStudioError, fault, restated, StudioError } from '../faults/fault.ts';

const reasons: ReadonlyMap<string | undefined, Faults['path-unusable']['reason']> = new Map([
  ['ENOSPC', 'full'],
  ['EDQUOT', 'full'],
  ['EFBIG', 'full'],
  ['EACCES', 'denied'],
  ['EPERM', 'denied'],
  ['EROFS', 'denied'],
  ['EISDIR', 'folder'],
  ['ENOTDIR', 'no-folder'],
]);

/** Any thrown value as a fault: what the system refused by its reason, everything else as it is. */
export function systemFault(thrown: unknown): StudioError {
  const error = asStudioError(thrown);
  const cause = thrown instanceof StudioError ? thrown.cause : thrown;
  // Where a path is a folder, or the disk is full, it is not missing.
  if (!['internal', 'path-missing'].includes(error.code) || !(cause instanceof Error)) return error;
  const { code, path = '' } = cause as NodeJS.ErrnoException;
  const reason = reasons.get(code);
  return reason ? fault('path-unusable', { path, reason }, { cause }) : error;
}

/** A fault of reading a file of several, with its path, so that people see which one it is. */
export function inFile(thrown: unknown, path: string): StudioError {
  return restated(systemFault(thrown), { data: { path } });
}

/** The path that a fault is about, where its sentence does not name it; else null. */
export function unnamedPath(
  sentence: string,
  { path }: { readonly path?: unknown },
): string | null {
  return typeof path !== 'string' || sentence.includes(basename(path)) ? null : path;
}

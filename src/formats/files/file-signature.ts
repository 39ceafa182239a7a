/** Tells what a file is by its first bytes, whatever its name says. */
import type { ForeignFile } from '../../faults/catalogue/files.ts';
import { fault, type StudioError } from '../../faults/fault.ts';

/** Kinds of files that hold no rows as text, and gzip, which is unpacked. */
export type FileSignature = 'gzip' | ForeignFile;

/** Number of bytes looked at. */
export const SIGNATURE_BYTES = 4096;

const latin1 = (bytes: Uint8Array): string => String.fromCharCode(...bytes.subarray(0, 1024));

/** First bytes of each kind, one character a byte. */
const BEGINNINGS: readonly (readonly [start: string, signature: FileSignature])[] = [
  ['\u001f\u008b', 'gzip'],
  ['PAR1', 'parquet'],
  ['ARROW1', 'arrow'],
  ['\u00ff\u00ff\u00ff\u00ff', 'arrow'],
  ['BZh', 'packed'],
  ['\u00fd7zXZ\0', 'packed'],
  ['\u0028\u00b5\u002f\u00fd', 'packed'],
  ['7z\u00bc\u00af', 'packed'],
  ['Rar!\u001a', 'packed'],
  ['%PDF-', 'pdf'],
  ['{\\rtf', 'document'],
  ['\u00d0\u00cf\u0011\u00e0', 'spreadsheet'],
  ['SQLite format 3\0', 'database'],
  ['\u0093NUMPY', 'pickle'],
  ['\u0080\u0002', 'pickle'],
  ['\u0080\u0003', 'pickle'],
  ['\u0080\u0004', 'pickle'],
  ['\u0080\u0005', 'pickle'],
  ['\u00ff\u00fe\0\0', 'utf32'],
  ['\0\0\u00fe\u00ff', 'utf32'],
  ['version https://git-lfs', 'pointer'],
  ['/annex/objects/', 'pointer'],
];

/** What a file is by its first bytes; undefined where it may be text with rows. */
export function signatureOf(head: Uint8Array): FileSignature | undefined {
  const text = latin1(head);
  const found = BEGINNINGS.find(([start]) => text.startsWith(start));
  if (found) return found[1];
  if (/^PK(?:\u0003\u0004|\u0005\u0006|\u0007\u0008)/.test(text)) {
    const names = String.fromCharCode(...head.subarray(0, SIGNATURE_BYTES));
    if (/xl\/|mimetypeapplication\/vnd\.oasis\.opendocument\.spreadsheet/.test(names)) {
      return 'spreadsheet';
    }
    if (/word\/|ppt\/|mimetypeapplication\/vnd\.oasis/.test(names)) return 'document';
    // A workbook whose sheets lie further back: a text begins early in its file.
    return /\[Content_Types\]\.xml|docProps\//.test(names) ? 'spreadsheet' : 'zip';
  }
  if (text.slice(257, 262) === 'ustar') return 'tar';
  const start = text.replace(/^(?:\u00ef\u00bb\u00bf)?\s*/, '').slice(0, 200);
  if (/^<(?:!doctype\s|!--|\?xml\s|[a-z][a-z0-9-]*(?:\s[^>]*)?>)/i.test(start)) return 'page';
  return isServerMessage(head) ? 'message' : undefined;
}

/** Fields of the object that a server sends instead of data. */
const MESSAGE_FIELDS = new Set(
  'error errors detail details message msg code status statuscode status_code documentation_url request_id requestid success path timestamp type title reason'.split(
    ' ',
  ),
);

/** Whether the whole file is one object in which a server says why there is no data. */
function isServerMessage(head: Uint8Array): boolean {
  if (head.length >= SIGNATURE_BYTES || !latin1(head.subarray(0, 64)).trimStart().startsWith('{'))
    return false;
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(head));
  } catch {
    return false;
  }
  const keys = Object.keys(value as object).map((key) => key.toLowerCase());
  const says = ['error', 'errors', 'detail', 'documentation_url'].some((key) => keys.includes(key));
  const refused = keys.includes('message') && ['code', 'status'].some((key) => keys.includes(key));
  return (says || refused) && keys.every((key) => MESSAGE_FIELDS.has(key));
}

/** The fault of a file without rows, which says what the file is. */
export function notRecords(
  fileName: string,
  signature: Exclude<FileSignature, 'gzip'>,
): StudioError {
  return fault('import-not-text', { file: fileName, found: signature }, { kept: 'data-before' });
}

/**
 * Refuses a file that only stands in for a model's file, and says what it is.
 * @throws StudioError `file-stand-in`
 */
export function refuseStandIn(fileName: string, head: Uint8Array): void {
  const signature = signatureOf(head);
  if (signature !== 'pointer' && signature !== 'page' && signature !== 'message') return;
  throw fault('file-stand-in', { file: fileName, found: signature }, { kept: 'loaded-models' });
}

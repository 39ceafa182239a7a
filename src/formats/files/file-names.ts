/** Makes file names that every system accepts, and tells which names are the same on some system. */

/** Names that Windows keeps for devices, whatever ending follows. */
const DEVICE = /^(?:con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$/i;
/** Longest name made here, in bytes of UTF-8. Systems allow 255; the ending and what a browser adds need the rest. */
const MAX_BYTES = 120;
/** Control characters, and characters that change the direction of text. */
const UNSEEN = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

function isDevice(name: string): boolean {
  const [stem = ''] = name.split('.');
  return DEVICE.test(stem.trim());
}

function cutToBytes(text: string, most: number): string {
  const encoder = new TextEncoder();
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += encoder.encode(character).length;
    if (bytes > most) break;
    kept += character;
  }
  return kept;
}

/**
 * Makes the beginning of a file name from any text: letters, digits, `.`, `_` and `-`; the caller adds an ending.
 * Where nothing is left the name is `otherwise`; the name of a device gets `otherwise` put before it.
 */
export function fileStem(text: string, otherwise: string, most = MAX_BYTES): string {
  const plain = text.normalize('NFKC').replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '-');
  const cut = cutToBytes(plain.replace(/^[-.]+/, ''), most).replace(/[-.]+$/, '');
  if (cut === '') return otherwise;
  return isDevice(cut) ? `${otherwise}-${cut}` : cut;
}

/** Whether a path holds characters that are invisible or change how the rest of it reads. */
export function hasUnseen(path: string): boolean {
  return UNSEEN.test(path);
}

/** Whether every system can unpack a file to this path. */
export function isPortablePath(path: string): boolean {
  return path.split('/').every((part) => {
    const bytes = new TextEncoder().encode(part).length;
    return !/[<>:"|?*\\]|[. ]$/.test(part) && !hasUnseen(part) && !isDevice(part) && bytes <= 255;
  });
}

/**
 * Paths with the same key are one file on some system: one that ignores case or Unicode form, or one that
 * drops dots and blanks at the end.
 */
export function sameFileKey(path: string): string {
  return path
    .split('/')
    .map((part) => part.replace(/(?<=.)[. ]+$/, ''))
    .join('/')
    .normalize('NFD')
    .toUpperCase()
    .normalize('NFC');
}

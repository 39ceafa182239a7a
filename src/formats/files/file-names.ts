/** File names that every system accepts, and names that are the same on some system. */

/** Names that Windows keeps for devices, whatever ending follows. */
const DEVICE = /^(?:con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$/i;
/** Longest made name in bytes of UTF-8; 255 are allowed, endings and what a browser adds come on top. */
const MAX_BYTES = 120;
/** Control characters, and those that turn the direction of what is read. */
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
 * A text of a person or of a file as the beginning of a file's name: letters, digits, `.`, `_` and `-`; the
 * caller adds an ending. What leaves nothing becomes `otherwise`, the name of a device follows it.
 */
export function fileStem(text: string, otherwise: string, most = MAX_BYTES): string {
  const plain = text.normalize('NFKC').replace(/[^\p{L}\p{M}\p{N}._-]+/gu, '-');
  const cut = cutToBytes(plain.replace(/^[-.]+/, ''), most).replace(/[-.]+$/, '');
  if (cut === '') return otherwise;
  return isDevice(cut) ? `${otherwise}-${cut}` : cut;
}

/** Whether a path holds characters that are not seen or change how the rest of it reads. */
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
 * Two paths with the same key are one file on some system: where case or the Unicode form is not told
 * apart, or dots and blanks at the end are dropped.
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

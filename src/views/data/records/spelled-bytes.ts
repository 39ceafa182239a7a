/** Shows characters that a model spells byte by byte as characters, with the borders of its tokens kept. */

/** A token as it is shown. */
export interface ShownToken {
  readonly text: string;
  /** Set where the token holds bytes that are no whole characters. */
  readonly spelled?: {
    /** Its bytes, as "E5 9E". */
    readonly bytes: string;
    /** The character that they end, or else the one that they are a part of; empty where they are of none. */
    readonly character: string;
    /** Whether the character stands on a later token. */
    readonly goesOn: boolean;
  };
}

export interface SpelledText {
  readonly shown: readonly ShownToken[];
  /** Characters that are spelled byte by byte, and the tokens that hold a part of one. */
  readonly characters: number;
  readonly tokens: number;
}

/** A token of bytes as the worker writes it: `<0xE5><0x9E>`. */
const BYTES = /^(?:<0x[0-9A-F]{2}>)+$/;

const bytesIn = (text: string): number[] =>
  [...text.matchAll(/<0x([0-9A-F]{2})>/g)].map(([, hex]) => Number.parseInt(hex ?? '', 16));

const hexOf = (bytes: readonly number[]): string =>
  bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ');

/** Bytes of the character that a first byte begins; 0 where no character begins with it. */
function lengthOf(first: number): number {
  if (first < 0x80) return 1;
  if (first >= 0xc2 && first < 0xe0) return 2;
  if (first >= 0xe0 && first < 0xf0) return 3;
  return first >= 0xf0 && first < 0xf5 ? 4 : 0;
}

/** The character at a place in bytes; undefined where the bytes there are none. */
function characterAt(bytes: readonly number[], at: number): string | undefined {
  const length = lengthOf(bytes[at] ?? 0xff);
  if (length === 0 || at + length > bytes.length) return undefined;
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  try {
    return decoder.decode(Uint8Array.from(bytes.slice(at, at + length)));
  } catch {
    return undefined;
  }
}

/** Joins the bytes of tokens that follow one another without a cut between them. */
function joinRun(run: readonly (readonly number[])[]): { shown: ShownToken[]; characters: number } {
  const bytes = run.flat();
  const owner = run.flatMap((own, token) => own.map(() => token));
  const texts = run.map(() => '');
  const of = run.map(() => '');
  const goesOn = run.map(() => false);
  let characters = 0;
  for (let at = 0; at < bytes.length;) {
    const character = characterAt(bytes, at);
    const [first = 0, last = first] = [owner[at], owner[at + lengthOf(bytes[at] ?? 0) - 1]];
    if (character === undefined) {
      texts[first] = `${texts[first] ?? ''}<0x${hexOf([bytes[at] ?? 0])}>`;
      at += 1;
      continue;
    }
    texts[last] = `${texts[last] ?? ''}${character}`;
    of[last] = character;
    for (let token = first; token < last; token++) {
      goesOn[token] = true;
      if (of[token] === '') of[token] = character;
    }
    if (last > first) characters += 1;
    at += lengthOf(bytes[at] ?? 0);
  }
  const shown = run.map((own, token) => ({
    text: texts[token] ?? '',
    spelled: {
      bytes: hexOf(own),
      character: of[token] ?? '',
      goesOn: goesOn[token] ?? false,
    },
  }));
  return { shown, characters };
}

/**
 * @param texts texts of tokens in order, those of bytes as `<0xNN>…`
 * @param cuts places before which tokens are missing: bytes are not joined across them
 */
export function spelledText(texts: readonly string[], cuts: readonly number[]): SpelledText {
  const shown: ShownToken[] = [];
  let characters = 0;
  let tokens = 0;
  for (let from = 0; from < texts.length;) {
    let to = from;
    while (to < texts.length && BYTES.test(texts[to] ?? '') && !(to > from && cuts.includes(to)))
      to += 1;
    if (to === from) {
      shown.push({ text: texts[from] ?? '' });
      from += 1;
      continue;
    }
    const run = joinRun(texts.slice(from, to).map(bytesIn));
    shown.push(...run.shown);
    characters += run.characters;
    tokens += run.shown.filter(({ spelled }) => spelled?.character !== '').length;
    from = to;
  }
  return { shown, characters, tokens };
}

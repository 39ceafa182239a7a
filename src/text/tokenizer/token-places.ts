/**
 * Finds where tokens lie in the text they were made from. Labels are masked by token while turns are known by
 * character; this file maps one to the other without asking the tokenizer to cut the text anywhere, so the token
 * ids stay those of the whole text.
 */
import { expectedBytes } from './token-pieces.ts';
import type { PieceKind } from './token-pieces.ts';

/** A part of a text that the tokenizer treats separately: an added token, or the text between two. */
export interface TextSection {
  readonly begin: number;
  readonly end: number;
  /** The text that is tokenized: the part without the white space that a neighbouring added token swallows. */
  readonly text: string;
  readonly textBegin: number;
  readonly added: boolean;
}

export interface PlaceContext {
  readonly kind: PieceKind;
  readonly sections: (text: string) => readonly TextSection[];
  readonly normalize: (text: string) => string;
  readonly bytesOf: (id: number) => Uint8Array | undefined;
  readonly encode: (text: string) => Uint32Array;
}

/** One cut through the text, in tokens. */
export interface TokenCut {
  /** How many tokens end at or before the cut. */
  readonly before: number;
  /** False where the next token reaches across the cut. */
  readonly clean: boolean;
}

function startsWithBytes(whole: Uint8Array, part: Uint8Array, at: number): boolean {
  if (at + part.length > whole.length) return false;
  for (let i = 0; i < part.length; i++) if (whole[at + i] !== part[i]) return false;
  return true;
}

/** Walks the ids of one section along its bytes; gives the number of ids used, or undefined on a mismatch. */
function walkSection(
  ids: Uint32Array,
  first: number,
  expected: Uint8Array,
  context: PlaceContext,
): { next: number; ends: readonly number[] } | undefined {
  const ends: number[] = [];
  let at = 0;
  let next = first;
  while (at < expected.length) {
    const id = ids[next];
    let bytes = id === undefined ? undefined : context.bytesOf(id);
    if (bytes === undefined) return undefined;
    // The space that a SentencePiece tokenizer puts before a section is in the token, not in the text.
    const prefixed = next === first && context.kind === 'sentencepiece' && bytes[0] === 0x20;
    if (prefixed && expected[0] !== 0x20) bytes = bytes.subarray(1);
    if (!startsWithBytes(expected, bytes, at)) return undefined;
    at += bytes.length;
    ends.push(at);
    next += 1;
  }
  return { next, ends };
}

/**
 * Cuts through `text`, whose tokens are `ids`, at the given UTF-16 offsets (ascending).
 *
 * The tokens are laid along the text byte by byte and compared with it, so a result is exact or absent;
 * where the tokenizer changes the text in a way that cannot be followed (lower-casing, unknown tokens),
 * each cut falls back to the longest common beginning of `ids` and the tokens of the text before it.
 */
export function cutTokens(
  text: string,
  ids: Uint32Array,
  offsets: readonly number[],
  context: PlaceContext,
): readonly TokenCut[] {
  return alignedCuts(text, ids, offsets, context) ?? commonPrefixCuts(text, ids, offsets, context);
}

function alignedCuts(
  text: string,
  ids: Uint32Array,
  offsets: readonly number[],
  context: PlaceContext,
): readonly TokenCut[] | undefined {
  if (context.kind === 'opaque') return undefined;
  const cuts: TokenCut[] = [];
  let next = 0;
  let asked = 0;
  for (const section of context.sections(text)) {
    const literal = section.added || section.text === '';
    const normalized = literal ? section.text : context.normalize(section.text);
    const expected = expectedBytes(context.kind, normalized);
    const walked = walkSection(ids, next, expected, context);
    if (walked === undefined) return undefined;
    for (; asked < offsets.length; asked++) {
      const offset = offsets[asked] ?? 0;
      if (offset >= section.end) break;
      if (offset <= section.begin) {
        cuts.push({ before: next, clean: true });
        continue;
      }
      const local = offset - section.textBegin;
      if (section.added || local <= 0) {
        cuts.push({ before: next, clean: false });
        continue;
      }
      const head = context.normalize(section.text.slice(0, local));
      const bytes = expectedBytes(context.kind, head);
      if (!startsWithBytes(expected, bytes, 0)) return undefined;
      const inside = walked.ends.filter((end) => end <= bytes.length).length;
      const reached = inside === 0 ? 0 : walked.ends[inside - 1];
      cuts.push({ before: next + inside, clean: reached === bytes.length });
    }
    next = walked.next;
  }
  if (next !== ids.length) return undefined;
  for (; asked < offsets.length; asked++) cuts.push({ before: next, clean: true });
  return cuts;
}

function commonPrefixCuts(
  text: string,
  ids: Uint32Array,
  offsets: readonly number[],
  context: PlaceContext,
): readonly TokenCut[] {
  return offsets.map((offset) => {
    if (offset >= text.length) return { before: ids.length, clean: true };
    const head = context.encode(text.slice(0, offset));
    let common = 0;
    while (common < head.length && head[common] === ids[common]) common += 1;
    return { before: common, clean: common === head.length };
  });
}

/**
 * Tells which bytes a token stands for. In two kinds of language-model tokenizers this does not depend on the
 * neighbours: byte-level BPE, whose token strings spell bytes in a private alphabet of 256 letters, and
 * SentencePiece-style BPE, whose tokens are text with ▁ for a space plus <0xNN> for single bytes. Knowing the
 * bytes gives exact streaming (never half a character) and exact places of tokens in a text. Any other kind is
 * `opaque` and is decoded by the library alone.
 */
import { isJsonObject } from '../../formats/texts/json.ts';
import type { JsonObject, JsonValue } from '../../formats/texts/json.ts';

export type PieceKind = 'byte-level' | 'sentencepiece' | 'opaque';

export interface PieceScheme {
  readonly kind: PieceKind;
  /** Whether decoding a whole text drops the one space that the tokenizer put before it. */
  readonly stripsLeadingSpace: boolean;
}

const SPACE_MARK = '▁';
const BYTE_TOKEN = /^<0x([0-9A-Fa-f]{2})>$/;

/** All decoder steps of a tokenizer.json, sequences flattened. */
function decoderSteps(decoder: JsonValue | undefined): readonly JsonObject[] {
  if (!isJsonObject(decoder)) return [];
  const { type, decoders } = decoder;
  if (type === 'Sequence' && Array.isArray(decoders)) return decoders.flatMap(decoderSteps);
  return [decoder];
}

/** Recognises the kind from the decoder that a tokenizer.json declares. */
export function pieceSchemeOf(tokenizerJson: JsonObject): PieceScheme {
  const steps = decoderSteps(tokenizerJson['decoder']);
  const types = new Set(steps.map((step) => step['type']));
  const within = (known: readonly string[]): boolean =>
    steps.every(({ type }) => typeof type === 'string' && known.includes(type));
  if (types.has('ByteLevel') && within(['ByteLevel', 'Fuse'])) {
    return { kind: 'byte-level', stripsLeadingSpace: false };
  }
  const marksSpaces = steps.some(
    (step) =>
      (step['type'] === 'Metaspace' && (step['replacement'] ?? SPACE_MARK) === SPACE_MARK) ||
      (step['type'] === 'Replace' &&
        step['content'] === ' ' &&
        isJsonObject(step['pattern']) &&
        step['pattern']['String'] === SPACE_MARK),
  );
  if (marksSpaces && within(['Metaspace', 'Replace', 'ByteFallback', 'Fuse', 'Strip'])) {
    const stripsLeadingSpace = steps.some((step) => {
      if (step['type'] === 'Strip') return step['content'] === ' ' && step['start'] === 1;
      if (step['type'] !== 'Metaspace') return false;
      return step['prepend_scheme'] !== 'never' && step['add_prefix_space'] !== false;
    });
    return { kind: 'sentencepiece', stripsLeadingSpace };
  }
  return { kind: 'opaque', stripsLeadingSpace: false };
}

let byteLetters: ReadonlyMap<string, number> | undefined;

/** The private alphabet: printable Latin-1 letters stand for themselves, the rest for 256 onwards. */
function byteAlphabet(): ReadonlyMap<string, number> {
  if (byteLetters !== undefined) return byteLetters;
  const letters = new Map<string, number>();
  let spare = 256;
  for (let byte = 0; byte < 256; byte++) {
    const printable =
      (byte >= 33 && byte <= 126) || (byte >= 161 && byte <= 172) || (byte >= 174 && byte <= 255);
    letters.set(String.fromCodePoint(printable ? byte : spare++), byte);
  }
  byteLetters = letters;
  return letters;
}

/** Bytes of one token string, or undefined where the kind does not tell. */
export function pieceBytes(kind: PieceKind, token: string, added: boolean): Uint8Array | undefined {
  if (kind === 'opaque') return undefined;
  if (kind === 'byte-level') {
    if (added) return new TextEncoder().encode(token);
    const letters = byteAlphabet();
    const bytes: number[] = [];
    for (const letter of token) {
      const byte = letters.get(letter);
      if (byte === undefined) return new TextEncoder().encode(token);
      bytes.push(byte);
    }
    return Uint8Array.from(bytes);
  }
  // Gemma's runs of spaces are added tokens: their marks mean spaces, as elsewhere.
  const single = added ? undefined : BYTE_TOKEN.exec(token)?.[1];
  if (single !== undefined) return Uint8Array.of(Number.parseInt(single, 16));
  return new TextEncoder().encode(token.replaceAll(SPACE_MARK, ' '));
}

/** Normalised text as the bytes that its tokens spell. */
export function expectedBytes(kind: PieceKind, normalized: string): Uint8Array {
  const text = kind === 'sentencepiece' ? normalized.replaceAll(SPACE_MARK, ' ') : normalized;
  return new TextEncoder().encode(text);
}

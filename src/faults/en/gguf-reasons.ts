/** What is wrong inside a GGUF file, in English: clauses for the sentences of en/gguf.ts. */
import type {
  ArrayReason,
  GgufFaults,
  GgufOffsetReason,
  GgufPlace,
  GgufShapeReason,
  TokenizerReadReason,
  TokenizerWriteReason,
  ValueReason,
} from '../catalogue/gguf.ts';
import type { ReasonWords } from '../words.ts';

type OfTensor = { readonly tensor: string };

/** A place in a header as a clause names it. */
export function placeWords(place: GgufPlace['place'], key: string): string {
  switch (place) {
    case 'entries':
      return 'metadata entries';
    case 'tensors':
      return 'tensors';
    case 'key':
      return 'the name of a metadata entry';
    case 'tensor':
      return 'the name of a tensor';
    case 'value':
      return `"${key}"`;
    case 'element':
      return `an element of "${key}"`;
    case 'elements':
      return `elements of "${key}"`;
  }
}

export const values = {
  truth: ({ value }) => `a true-or-false value in its metadata is ${value}`,
  type: ({ key, type }) => `the value of "${key}" is of the unknown type ${type}`,
  'element-type': ({ key, type }) => `the elements of "${key}" are of the unknown type ${type}`,
} satisfies ReasonWords<ValueReason>;

export const arrays = {
  depth: ({ key, most }) => `"${key}" nests arrays more than ${most} deep`,
  elements: ({ most }) => `its arrays have more than ${most} elements`,
} satisfies ReasonWords<ArrayReason>;

export const twice = {
  key: ({ key }) => `"${key}" is in its metadata twice`,
  tensor: ({ tensor }) => `it has two tensors named "${tensor}"`,
} satisfies ReasonWords<GgufFaults['gguf-duplicate']>;

export const shapes = {
  rank: ({ tensor, rank }) => `"${tensor}" has ${rank} dimensions`,
  dimension: ({ tensor, size }) => `a dimension of "${tensor}" is ${size}`,
  block: ({ tensor, row, type }) =>
    `rows of "${tensor}" have ${row} weights, not a whole number of ${type} blocks`,
  overflow: ({ tensor }) => `the shape of "${tensor}" overflows`,
} satisfies ReasonWords<GgufShapeReason & OfTensor>;

export const offsets = {
  alignment: ({ tensor, offset, alignment }) =>
    `"${tensor}" lies at ${offset}, not a multiple of ${alignment}`,
  end: ({ tensor, end, size }) =>
    `"${tensor}" ends at byte ${end} of a file of ${size}; the file is incomplete`,
} satisfies ReasonWords<GgufOffsetReason & OfTensor>;

export const metadata = {
  missing: ({ key }) => `its metadata lacks "${key}"`,
  type: ({ key, due }) => `"${key}" in its metadata is not a ${due}`,
} satisfies ReasonWords<GgufFaults['gguf-metadata']>;

export const tokenizerRead = {
  none: () => 'it holds no tokenizer',
  kind: ({ kind }) => `its tokenizer is of the kind "${kind}"; only gpt2 and llama can be read`,
  'no-tokens': () => 'it has no tokens',
  types: ({ tokens, types }) => `it has ${tokens} tokens but ${types} token types`,
  'token-twice': ({ token }) => `the token "${token}" has two ids`,
  'too-long': ({ characters, most }) => `it has ${characters} characters; at most ${most} are read`,
  'space-before': () => 'it puts a space before byte-level text',
  'changes-text': ({ how }) => `it changes text before cutting it (${how})`,
  'too-old': () => 'the file is too old to say how to cut text into words',
  'pre-tokenizer': ({ name, known }) =>
    `its pre-tokenizer "${name}" is not one of those known here (${known.join(', ')})`,
  'no-merges': () => 'it has no merges',
  merge: ({ line }) => `"${line}" is not a merge of two tokens`,
  scores: ({ pieces, scores }) => `it has ${pieces} pieces but ${scores} scores`,
  'pieces-too-long': () => 'its pieces are too long',
} satisfies ReasonWords<TokenizerReadReason>;

export const tokenizerWrite = {
  'cut-unnamed': () => 'llama.cpp has no name for how it cuts text into words',
  'not-nfc': () => 'it changes text before reading it, in a way other than NFC',
  'no-pairs': () => 'its merges are not pairs',
  'no-scores': () => 'its pieces have no scores',
  'merges-not-by-score': ({ left, right }) =>
    `its merges do not follow from scores ("${left}" and "${right}")`,
  opaque: () => 'it is neither byte-level BPE nor SentencePiece-style',
} satisfies ReasonWords<TokenizerWriteReason>;

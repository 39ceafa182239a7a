/**
 * Writes a tokenizer.json as GGUF metadata: tokens with types, and merges (byte-level BPE, which llama.cpp
 * calls gpt2) or scores (SentencePiece-style, which it calls llama).
 */
import type { TokenizerWriteReason } from '../../faults/catalogue/gguf.ts';
import { fault, type StudioError } from '../../faults/fault.ts';
import type { GgufEntry } from '../../formats/gguf/gguf-writer.ts';
import { preTokenizers } from '../../formats/gguf/gguf-pretokenizers.ts';
import { isJsonObject } from '../../formats/texts/json.ts';
import type { JsonObject, JsonValue } from '../../formats/texts/json.ts';
import { pieceSchemeOf } from './token-pieces.ts';
import type { AddedTokenInfo, CheckedTokenizer } from './tokenizer-files.ts';

/** llama.cpp's numbers for the types of tokens. */
const TOKEN = { normal: 1, unknown: 2, control: 3, userDefined: 4, unused: 5, byte: 6 } as const;

const SPACE_MARK = '▁';
const BYTE_TOKEN = /^<0x[0-9A-F]{2}>$/;
/** Matches tokens that look like a template's marker, whether or not they were declared special. */
const MARKER = /^<[|｜].*[|｜]>$/;

function unsupported(why: TokenizerWriteReason): StudioError {
  return fault('gguf-tokenizer', why, { kept: 'run-and-model' });
}

/** The steps of a normalizer or pre-tokenizer, sequences flattened. */
function steps(value: JsonValue | undefined, list: string): readonly JsonObject[] {
  if (!isJsonObject(value)) return [];
  const inner = value[list];
  return value['type'] === 'Sequence' && Array.isArray(inner)
    ? inner.flatMap((step: JsonValue) => steps(step, list))
    : [value];
}

/** One step of cutting text into words, in a form that is equal for equal steps; null for other kinds. */
function cutOf(step: JsonObject): string | null {
  const { type, pattern, use_regex, add_prefix_space } = step;
  // Missing values are the defaults of the tokenizers library.
  if (type === 'ByteLevel') {
    return add_prefix_space === false ? `bytes ${use_regex !== false}` : null;
  }
  if (type === 'Digits') return step['individual_digits'] === true ? 'split \\p{N}' : null;
  const regex = isJsonObject(pattern) ? pattern['Regex'] : undefined;
  const plain = step['behavior'] === 'Isolated' && step['invert'] !== true;
  return type === 'Split' && plain && typeof regex === 'string' ? `split ${regex}` : null;
}

function cutsOf(preTokenizer: JsonValue | undefined): string {
  return JSON.stringify(steps(preTokenizer, 'pretokenizers').map(cutOf));
}

/**
 * llama.cpp's name for how a byte-level BPE cuts text into words, recognised by its patterns.
 * @throws StudioError `gguf-tokenizer`
 */
function preTokenizerName(json: JsonObject, model: JsonObject): string {
  const cuts = cutsOf(json['pre_tokenizer']);
  const ignoresMerges = model['ignore_merges'] === true;
  for (const [name, known] of preTokenizers) {
    if (known.ignoresMerges === ignoresMerges && cutsOf(known.steps) === cuts) return name;
  }
  throw unsupported({ reason: 'cut-unnamed' });
}

/** Whether texts are normalised to NFC first; the file has no place for other normalisation. */
function normalizesNfc(json: JsonObject): boolean {
  const found = steps(json['normalizer'], 'normalizers');
  if (found.some(({ type }) => type !== 'NFC')) {
    throw unsupported({ reason: 'not-nfc' });
  }
  return found.length > 0;
}

/** Merges as pairs, from either way of writing them. */
function mergePairs(model: JsonObject): (readonly [string, string])[] {
  const { merges } = model;
  if (!Array.isArray(merges)) return [];
  return merges.map((merge: JsonValue) => {
    if (typeof merge === 'string') {
      const cut = merge.indexOf(' ');
      return [merge.slice(0, cut), merge.slice(cut + 1)];
    }
    const parts: readonly JsonValue[] = Array.isArray(merge) ? merge : [];
    const [left, right] = parts;
    if (typeof left === 'string' && typeof right === 'string') return [left, right];
    throw unsupported({ reason: 'no-pairs' });
  });
}

interface Vocabulary {
  /** Token texts by id; undefined where an id has no token. */
  readonly tokens: readonly (string | undefined)[];
  /** Scores by id, as a Unigram model gives them to its pieces. */
  readonly scores: ReadonlyMap<number, number>;
}

function readVocabulary(model: JsonObject, added: readonly AddedTokenInfo[]): Vocabulary {
  const tokens: (string | undefined)[] = [];
  const scores = new Map<number, number>();
  const { vocab } = model;
  if (Array.isArray(vocab)) {
    vocab.forEach((entry: JsonValue, id) => {
      const parts: readonly JsonValue[] = Array.isArray(entry) ? entry : [];
      const [piece, score] = parts;
      if (typeof piece !== 'string' || typeof score !== 'number') {
        throw unsupported({ reason: 'no-scores' });
      }
      tokens[id] = piece;
      scores.set(id, score);
    });
  } else if (isJsonObject(vocab)) {
    for (const [token, id] of Object.entries(vocab)) if (typeof id === 'number') tokens[id] = token;
  }
  for (const { id, content } of added) tokens[id] = content;
  return { tokens, scores };
}

/** Tokens and types of every row of the embedding; rows without a token are unused. */
function listTokens(
  { tokens }: Vocabulary,
  { json, added }: CheckedTokenizer,
  size: number,
): { texts: string[]; types: Int32Array } {
  const byId = new Map(added.map((token) => [token.id, token]));
  const { model } = json;
  const unknown = isJsonObject(model) ? (model['unk_token'] ?? model['unk_id']) : null;
  const spelled = pieceSchemeOf(json).kind === 'sentencepiece';
  const types = new Int32Array(size);
  const texts = Array.from({ length: size }, (_, id) => {
    const token = tokens[id];
    if (token === undefined) {
      types[id] = TOKEN.unused;
      return `[PAD${id}]`;
    }
    const entry = byId.get(id);
    if (spelled && (token === unknown || id === unknown)) types[id] = TOKEN.unknown;
    else if (entry && (entry.special || MARKER.test(token))) types[id] = TOKEN.control;
    else if (entry) types[id] = TOKEN.userDefined;
    else if (spelled && BYTE_TOKEN.test(token)) types[id] = TOKEN.byte;
    else types[id] = TOKEN.normal;
    // The text of user-defined tokens is matched as it is, before spaces get their mark.
    return types[id] === TOKEN.userDefined ? token.replaceAll(SPACE_MARK, ' ') : token;
  });
  return { texts, types };
}

/**
 * Scores that make a SentencePiece-style merger join the same pairs in the same order as the merges do. Such a
 * merger always joins the neighbours that make the token with the highest score.
 * @throws StudioError `gguf-tokenizer` where tokens could be joined from parts that no merge lists
 */
function scoresOf(vocabulary: Vocabulary, model: JsonObject, size: number): Float32Array {
  const scores = new Float32Array(size);
  if (vocabulary.scores.size > 0) {
    for (const [id, score] of vocabulary.scores) scores[id] = score;
    return scores;
  }
  const ids = new Map(vocabulary.tokens.map((token, id) => [token ?? '', id]));
  const merges = mergePairs(model);
  const listed = new Set(merges.map(([left, right]) => `${left} ${right}`));
  const order = new Map<string, number>();
  for (const [left, right] of merges) {
    const token = left + right;
    if (!order.has(token)) order.set(token, order.size);
  }
  for (const token of order.keys()) {
    const letters = Array.from(token);
    for (let cut = 1; cut < letters.length; cut++) {
      const left = letters.slice(0, cut).join('');
      const right = letters.slice(cut).join('');
      if (ids.has(left) && ids.has(right) && !listed.has(`${left} ${right}`)) {
        throw unsupported({ reason: 'merges-not-by-score', left, right });
      }
    }
  }
  let last = order.size;
  vocabulary.tokens.forEach((token, id) => {
    if (token === undefined || id >= size) return;
    const rank = order.get(token);
    // Letters are not joined from parts; they follow all other tokens, as SentencePiece numbers them.
    if (rank !== undefined) scores[id] = -rank;
    else if (Array.from(token).length === 1) scores[id] = -last++;
  });
  return scores;
}

/** Whether a space is put before a text that does not begin with one. */
function addsSpace(json: JsonObject): boolean {
  const prepends = steps(json['normalizer'], 'normalizers').some(({ type }) => type === 'Prepend');
  const metaspace = steps(json['pre_tokenizer'], 'pretokenizers').find(
    ({ type }) => type === 'Metaspace',
  );
  const scheme = metaspace?.['prepend_scheme'] ?? metaspace?.['add_prefix_space'] !== false;
  return prepends || (metaspace !== undefined && scheme !== 'never' && scheme !== false);
}

/**
 * The tokenizer as GGUF metadata.
 * @param size rows of the embedding
 * @param special ids by role, where the model has them
 * @param template Jinja source of the chat template
 * @throws StudioError `gguf-tokenizer` for tokenizers that llama.cpp has no form for
 */
export function ggufVocabulary(
  tokenizer: CheckedTokenizer,
  options: {
    readonly size: number;
    readonly special: Readonly<Record<'bos' | 'eos' | 'padding', number | undefined>> & {
      readonly eot?: number | undefined;
    };
    readonly addBos: boolean;
    readonly template: string;
  },
): Map<string, GgufEntry> {
  const { json } = tokenizer;
  const { size, special } = options;
  const model: JsonObject = isJsonObject(json['model']) ? json['model'] : {};
  const { kind } = pieceSchemeOf(json);
  if (kind === 'opaque') throw unsupported({ reason: 'opaque' });
  const vocabulary = readVocabulary(model, tokenizer.added);
  const { texts, types } = listTokens(vocabulary, tokenizer, size);
  const entries = new Map<string, GgufEntry>();
  const put = (key: string, entry: GgufEntry): void => {
    entries.set(`tokenizer.ggml.${key}`, entry);
  };
  put('model', { type: 'string', value: kind === 'byte-level' ? 'gpt2' : 'llama' });
  put('pre', {
    type: 'string',
    value: kind === 'byte-level' ? preTokenizerName(json, model) : 'default',
  });
  put('tokens', { type: 'strings', value: texts });
  if (kind === 'sentencepiece') {
    put('scores', { type: 'float32s', value: scoresOf(vocabulary, model, size) });
  }
  put('token_type', { type: 'int32s', value: types });
  if (kind === 'byte-level') {
    // A space inside a part is spelled as the byte alphabet spells it, so the only space is between the parts.
    const merges = mergePairs(model).map((pair) =>
      pair.map((part) => part.replaceAll(' ', 'Ġ')).join(' '),
    );
    put('merges', { type: 'strings', value: merges });
    put('normalizer.nfc', { type: 'bool', value: normalizesNfc(json) });
  } else {
    put('add_space_prefix', { type: 'bool', value: addsSpace(json) });
  }
  const unknown = types.indexOf(TOKEN.unknown);
  const ids = { ...special, unknown: unknown < 0 ? undefined : unknown };
  for (const [role, id] of Object.entries(ids)) {
    if (id !== undefined && id < size) put(`${role}_token_id`, { type: 'uint32', value: id });
  }
  put('add_bos_token', { type: 'bool', value: options.addBos });
  put('add_eos_token', { type: 'bool', value: false });
  entries.set('tokenizer.chat_template', { type: 'string', value: options.template });
  return entries;
}

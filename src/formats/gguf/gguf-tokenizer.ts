/**
 * Writes the tokenizer in a GGUF file's metadata as the files of a Hugging Face folder, so that one loader
 * serves both. It reads two kinds: `gpt2`, byte-level byte-pair encoding with its merges, and `llama`, the
 * SentencePiece kind, whose merges follow from the scores of the pieces.
 */
import type { TokenizerReadReason } from '../../faults/catalogue/gguf.ts';
import { fault, type StudioError } from '../../faults/fault.ts';
import { shorten } from './gguf-cursor.ts';
import type { GgufFacts } from './gguf-metadata.ts';
import { preTokenizers } from './gguf-pretokenizers.ts';
import type { PreTokenizer } from './gguf-pretokenizers.ts';
import { STRIPPING_NAME, stripsAfter } from './gguf-stripping.ts';
import { scoreMerges } from './gguf-merges.ts';
import type { JsonObject, JsonValue } from '../texts/json.ts';

export interface TokenizerTexts {
  readonly tokenizerJson: string;
  readonly tokenizerConfigJson: string;
  /** generation_config.json with the ids that end an answer, or null where none is stated. */
  readonly generationConfigJson: string | null;
}

/** Kinds of tokens, as `tokenizer.ggml.token_type` numbers them. */
const UNKNOWN = 2;
const CONTROL = 3;
const USER_DEFINED = 4;
const UNUSED = 5;

/** Characters of all tokens and merges together; the largest published vocabularies have 10 million. */
const MAX_CHARACTERS = 20_000_000;

/** What an architecture's files do not say about their tokenizer. */
export interface UsualTokens {
  readonly preTokenizer: string | null;
  readonly turnEnds: readonly string[];
}

interface Vocabulary {
  readonly tokens: readonly string[];
  /** Kind of each token; null where the file does not state kinds. */
  readonly types: readonly number[] | null;
  readonly bos: number | undefined;
  readonly eos: number | undefined;
  readonly eot: number | undefined;
  readonly eom: number | undefined;
  readonly pad: number | undefined;
  readonly unknown: number | undefined;
  readonly template: string | undefined;
  readonly turnEnds: readonly string[];
  /** Whether added tokens swallow the white space after them. */
  readonly strips: boolean;
}

/**
 * The texts of tokenizer.json, tokenizer_config.json and generation_config.json.
 * @param usual the pre-tokenizer where a byte-level tokenizer names none (null: there is no usual one), and the
 *     tokens that end a chat turn, where the file names none and the template writes one of them
 * @throws StudioError `gguf-tokenizer` for kinds and pre-tokenizers that are not read and for vocabularies
 *   that contradict themselves, `gguf-metadata`
 */
export function tokenizerTexts(facts: GgufFacts, usual: UsualTokens): TokenizerTexts {
  const vocabulary = readVocabulary(facts, usual.turnEnds);
  const model = facts.text('tokenizer.ggml.model');
  switch (model) {
    case 'gpt2':
      return byteLevelTexts(facts, usual.preTokenizer, vocabulary);
    case 'llama':
      return sentencePieceTexts(facts, vocabulary);
    default: {
      throw refused(
        facts,
        model === undefined ? { reason: 'none' } : { reason: 'kind', kind: shorten(model) },
      );
    }
  }
}

function refused({ file }: GgufFacts, why: TokenizerReadReason): StudioError {
  return fault('gguf-tokenizer', { file, ...why }, { kept: 'models' });
}

function readVocabulary(facts: GgufFacts, turnEnds: readonly string[]): Vocabulary {
  const tokens = facts.texts('tokenizer.ggml.tokens') ?? [];
  if (tokens.length === 0) throw refused(facts, { reason: 'no-tokens' });
  const types = facts.numbers('tokenizer.ggml.token_type') ?? null;
  if (types !== null && types.length !== tokens.length) {
    throw refused(facts, { reason: 'types', tokens: tokens.length, types: types.length });
  }
  checkSize(facts, tokens);
  const seen = new Set(tokens);
  if (seen.size !== tokens.length) {
    const twice = tokens.find((token) => !seen.delete(token)) ?? '';
    throw refused(facts, { reason: 'token-twice', token: shorten(twice) });
  }
  // Writers put −1, or an id beyond the vocabulary, where a model has no such token.
  const id = (name: string): number | undefined => {
    const stated = facts.number(`tokenizer.ggml.${name}_token_id`);
    const usable = stated !== undefined && Number.isInteger(stated);
    return usable && stated >= 0 && stated < tokens.length ? stated : undefined;
  };
  return {
    tokens,
    types,
    bos: id('bos'),
    eos: id('eos'),
    eot: id('eot'),
    eom: id('eom'),
    pad: id('padding'),
    unknown: id('unknown'),
    template: facts.text('tokenizer.chat_template'),
    turnEnds,
    strips: (facts.text('general.name') ?? '').search(STRIPPING_NAME) >= 0,
  };
}

function checkSize(facts: GgufFacts, texts: readonly string[]): void {
  const characters = texts.reduce((sum, { length }) => sum + length, 0);
  if (characters <= MAX_CHARACTERS) return;
  throw refused(facts, { reason: 'too-long', characters, most: MAX_CHARACTERS });
}

/** Tokens matched in a text before it is cut into words, as tokenizer.json lists them. */
function addedTokens(vocabulary: Vocabulary): JsonObject[] {
  const { tokens, types, bos, eos, eot, eom } = vocabulary;
  // Some writers list the tokens that frame a text among the ordinary ones.
  const framing = new Set([bos, eos, eot, eom]);
  const added: JsonObject[] = [];
  tokens.forEach((content, id) => {
    const type = types?.[id];
    const frames = framing.has(id) && /^[<[].*[>\]]$/s.test(content);
    const special = type === CONTROL || type === UNKNOWN || frames;
    if (content === '' || !(special || type === USER_DEFINED)) return;
    const rstrip = vocabulary.strips && stripsAfter(content);
    added.push({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip,
      normalized: false,
      special,
    });
  });
  return added;
}

function byteLevelTexts(
  facts: GgufFacts,
  usual: string | null,
  vocabulary: Vocabulary,
): TokenizerTexts {
  const preTokenizer = findPreTokenizer(facts, usual);
  if (facts.flag('tokenizer.ggml.add_space_prefix') === true) {
    throw refused(facts, { reason: 'space-before' });
  }
  for (const key of ['lowercase', 'strip_accents']) {
    if (facts.flag(`tokenizer.ggml.normalizer.${key}`) !== true) continue;
    throw refused(facts, { reason: 'changes-text', how: key });
  }
  const composes = facts.flag('tokenizer.ggml.normalizer.nfc') ?? preTokenizer.composes;
  const addsBos = facts.flag('tokenizer.ggml.add_bos_token') ?? preTokenizer.addsBos;
  const { tokens, types } = vocabulary;
  const vocab: [string, number][] = [];
  // Unused ids fill the vocabulary up to the size of the embedding: they stand for nothing.
  tokens.forEach((token, id) => {
    if (types?.[id] !== UNUSED) vocab.push([token, id]);
  });
  const tokenizer: JsonObject = {
    ...shell(vocabulary, addsBos),
    normalizer: composes ? { type: 'NFC' } : null,
    pre_tokenizer: preTokenizer.steps,
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      ...MODEL_DEFAULTS,
      unk_token: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: preTokenizer.ignoresMerges,
      vocab: Object.fromEntries(vocab),
      merges: writtenMerges(facts),
    },
  };
  return finish(facts, vocabulary, tokenizer, addsBos);
}

function findPreTokenizer(facts: GgufFacts, usual: string | null): PreTokenizer {
  // Files from before April 2024 do not name it.
  const name = facts.text('tokenizer.ggml.pre') ?? usual;
  if (name === null) {
    throw refused(facts, { reason: 'too-old' });
  }
  const found = preTokenizers.get(name);
  if (found !== undefined) return found;
  throw refused(facts, {
    reason: 'pre-tokenizer',
    name: shorten(name),
    known: [...preTokenizers.keys()],
  });
}

/** Merges as the file has them: two tokens with a space between; the first token may itself begin with a space. */
function writtenMerges(facts: GgufFacts): JsonValue[] {
  const lines = facts.texts('tokenizer.ggml.merges') ?? [];
  if (lines.length === 0) throw refused(facts, { reason: 'no-merges' });
  checkSize(facts, lines);
  return lines.map((line) => {
    const space = line.indexOf(' ', 1);
    if (space < 0 || space === line.length - 1) {
      throw refused(facts, { reason: 'merge', line: shorten(line) });
    }
    return [line.slice(0, space), line.slice(space + 1)];
  });
}

function sentencePieceTexts(facts: GgufFacts, vocabulary: Vocabulary): TokenizerTexts {
  const { tokens, types, unknown } = vocabulary;
  const scores = facts.numbers('tokenizer.ggml.scores') ?? [];
  if (types === null || scores.length !== tokens.length) {
    throw refused(facts, { reason: 'scores', pieces: tokens.length, scores: scores.length });
  }
  const merges = scoreMerges(tokens, scores);
  if (merges === null) throw refused(facts, { reason: 'pieces-too-long' });
  const prefixes = facts.flag('tokenizer.ggml.add_space_prefix') ?? true;
  const addsBos = facts.flag('tokenizer.ggml.add_bos_token') ?? true;
  const unknownId = unknown ?? types.indexOf(UNKNOWN);
  const spaces = { type: 'Replace', pattern: { String: ' ' }, content: '▁' };
  const toSpaces = { type: 'Replace', pattern: { String: '▁' }, content: ' ' };
  const tokenizer: JsonObject = {
    ...shell(vocabulary, addsBos),
    normalizer: prefixes
      ? { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '▁' }, spaces] }
      : spaces,
    pre_tokenizer: null,
    decoder: {
      type: 'Sequence',
      decoders: [
        toSpaces,
        { type: 'ByteFallback' },
        { type: 'Fuse' },
        ...(prefixes ? [{ type: 'Strip', content: ' ', start: 1, stop: 0 }] : []),
      ],
    },
    model: {
      ...MODEL_DEFAULTS,
      unk_token: tokens[unknownId] ?? null,
      fuse_unk: true,
      byte_fallback: true,
      ignore_merges: false,
      vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
      merges: merges.map(([left, right]) => [left, right]),
    },
  };
  return finish(facts, vocabulary, tokenizer, addsBos);
}

const MODEL_DEFAULTS: JsonObject = {
  type: 'BPE',
  dropout: null,
  continuing_subword_prefix: null,
  end_of_word_suffix: null,
};

/** What both kinds of tokenizer.json have in common. */
function shell(vocabulary: Vocabulary, addsBos: boolean): JsonObject {
  const { tokens, bos } = vocabulary;
  const begin = bos === undefined ? undefined : tokens[bos];
  const processor = addsBos && bos !== undefined && begin !== undefined;
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: addedTokens(vocabulary),
    post_processor: processor ? beginTemplate(begin, bos) : null,
  };
}

/** The post-processor that puts the begin token before a text. */
function beginTemplate(token: string, id: number): JsonObject {
  const special = (typeId: number): JsonObject => ({
    SpecialToken: { id: token, type_id: typeId },
  });
  const text = (name: string, typeId: number): JsonObject => ({
    Sequence: { id: name, type_id: typeId },
  });
  return {
    type: 'TemplateProcessing',
    single: [special(0), text('A', 0)],
    pair: [special(0), text('A', 0), special(1), text('B', 1)],
    special_tokens: { [token]: { id: token, ids: [id], tokens: [token] } },
  };
}

function finish(
  facts: GgufFacts,
  vocabulary: Vocabulary,
  tokenizer: JsonObject,
  addsBos: boolean,
): TokenizerTexts {
  const { tokens, types, bos, eos, pad, unknown, template } = vocabulary;
  const token = (id: number | undefined): string | null =>
    id === undefined ? null : (tokens[id] ?? null);
  // Files of models without a begin token state one all the same: converters copy what config.json happens to hold.
  const usesBos = addsBos || template?.includes('bos_token') === true;
  const config: JsonObject = {
    add_bos_token: addsBos && bos !== undefined,
    add_eos_token: facts.flag('tokenizer.ggml.add_eos_token') ?? false,
    add_prefix_space: false,
    bos_token: usesBos ? token(bos) : null,
    eos_token: token(eos),
    pad_token: token(pad),
    unk_token: types === null ? null : token(unknown),
    clean_up_tokenization_spaces: false,
    tokenizer_class: 'PreTrainedTokenizerFast',
    ...(template === undefined ? {} : { chat_template: template }),
  };
  const ends = endIds(vocabulary);
  const generation: JsonObject = {
    ...(bos === undefined ? {} : { bos_token_id: bos }),
    eos_token_id: ends.length === 1 ? (ends[0] ?? null) : ends,
    ...(pad === undefined ? {} : { pad_token_id: pad }),
  };
  return {
    tokenizerJson: JSON.stringify(tokenizer),
    tokenizerConfigJson: JSON.stringify(config),
    generationConfigJson: ends.length === 0 ? null : JSON.stringify(generation),
  };
}

/** Ids that end an answer: the ids that the file states, and the end of a turn that its template writes. */
function endIds({ tokens, types, eos, eot, eom, template, turnEnds }: Vocabulary): number[] {
  const ends = new Set([eos, eot, eom].filter((id) => id !== undefined));
  if (template !== undefined && eot === undefined) {
    for (const token of turnEnds) {
      const id = template.includes(token) ? tokens.indexOf(token) : -1;
      if (id >= 0 && types?.[id] === CONTROL) ends.add(id);
    }
  }
  return [...ends];
}

import { Tokenizer } from '@huggingface/tokenizers';
import { StudioError } from '../errors.ts';
import { isWellFormed } from '../formats/unicode.ts';
import { pieceBytes, pieceSchemeOf } from './token-pieces.ts';
import { cutTokens } from './token-places.ts';
import type { PlaceContext, TextSection, TokenCut } from './token-places.ts';
import { checkTokenizerFiles, tokenizerFault } from './tokenizer-files.ts';
import type { AddedTokenInfo, TokenizerFiles } from './tokenizer-files.ts';

export type { TokenizerFiles } from './tokenizer-files.ts';

export interface DecodeOptions {
  /** Leaves out special tokens such as `<|im_end|>`. */
  readonly skipSpecial?: boolean;
}

/** A model's tokenizer. Ids are those of Hugging Face's own tokenizers for the same files. */
export interface TextTokenizer {
  /** Highest token id plus one. A model's embedding may have more rows; those stand for nothing. */
  readonly vocabularySize: number;
  readonly bosId: number | undefined;
  /** Ids after which generation ends: the end token and those of generation_config.json. */
  readonly eosIds: readonly number[];
  readonly padId: number | undefined;
  /** Text of the begin and end tokens as templates use them; '' where there is none. */
  readonly bosToken: string;
  readonly eosToken: string;
  /** The model's own Jinja chat template. */
  readonly chatTemplate: string | null;
  /** Whether decoding a whole text drops the space that the tokenizer put before it. */
  readonly stripsLeadingSpace: boolean;
  /**
   * Token ids of a text; special tokens written out in it are recognised, none is added.
   * @throws StudioError `text-lone-surrogate`, `tokenizer-unknown-character`.
   */
  encode(text: string): Uint32Array<ArrayBuffer>;
  /** As encode, with the begin token before it where the model was trained with one. */
  encodeWithBos(text: string): Uint32Array<ArrayBuffer>;
  /** Text of ids; ids that stand for nothing are left out. */
  decode(ids: Iterable<number>, options?: DecodeOptions): string;
  /** One token for display: its text, or its bytes as `<0xNN>` where they are no whole characters. */
  tokenText(id: number): string;
  /** Bytes of a token; undefined for unknown ids and for tokenizers that do not spell bytes. */
  tokenBytes(id: number): Uint8Array | undefined;
  /** Id of a token by its exact string. */
  idOf(token: string): number | undefined;
  isSpecial(id: number): boolean;
  /** Cuts through a text in tokens, see cutTokens. */
  cut(text: string, ids: Uint32Array, offsets: readonly number[]): readonly TokenCut[];
}

/**
 * Loads a tokenizer from the texts of its files.
 * @throws StudioError `tokenizer-…` or `json-…` for files that are damaged or of an unknown kind.
 */
export function loadTokenizer(files: TokenizerFiles): TextTokenizer {
  const checked = checkTokenizerFiles(files);
  let library: Tokenizer;
  try {
    library = new Tokenizer(checked.json, checked.config);
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    throw tokenizerFault('unsupported', `tokenizer.json cannot be used: ${detail}`, cause);
  }
  return new LoadedTokenizer(library, checked);
}

type Checked = ReturnType<typeof checkTokenizerFiles>;

class LoadedTokenizer implements TextTokenizer {
  readonly vocabularySize: number;
  readonly bosId: number | undefined;
  readonly eosIds: readonly number[];
  readonly padId: number | undefined;
  readonly bosToken: string;
  readonly eosToken: string;
  readonly chatTemplate: string | null;
  readonly stripsLeadingSpace: boolean;
  readonly #library: Tokenizer;
  readonly #addsBos: boolean;
  readonly #addedIds: ReadonlySet<number>;
  readonly #specialIds: ReadonlySet<number>;
  readonly #bytes = new Map<number, Uint8Array | undefined>();
  readonly #places: PlaceContext;

  constructor(library: Tokenizer, checked: Checked) {
    this.#library = library;
    this.vocabularySize = checked.idCount;
    this.chatTemplate = checked.chatTemplate;
    this.bosToken = checked.bosToken ?? '';
    this.bosId = this.idOf(this.bosToken);
    this.padId = this.idOf(checked.padToken ?? '');
    const eosId = this.idOf(checked.eosToken ?? '');
    const eosIds = eosId === undefined ? [] : [eosId];
    this.eosIds = [...new Set([...eosIds, ...checked.generationEosIds])];
    const [firstEos] = this.eosIds;
    const namedEos = firstEos === undefined ? undefined : library.id_to_token(firstEos);
    this.eosToken = checked.eosToken ?? namedEos ?? '';
    this.#addedIds = new Set(checked.added.map(({ id }) => id));
    this.#specialIds = new Set(checked.added.filter(({ special }) => special).map(({ id }) => id));
    const { kind, stripsLeadingSpace } = pieceSchemeOf(checked.json);
    this.stripsLeadingSpace = stripsLeadingSpace;
    this.#places = {
      kind,
      sections: sectionSplitter(checked.added),
      normalize: (text) => library.normalizer?.(text) ?? text,
      bytesOf: (id) => this.tokenBytes(id),
      encode: (text) => this.encode(text),
    };
    this.#addsBos = this.bosId !== undefined && this.#usesBos(checked.config['add_bos_token']);
  }

  /** The config says so, or where it is silent the tokenizer's own post-processor does. */
  #usesBos(declared: unknown): boolean {
    if (typeof declared === 'boolean') return declared;
    return this.#library.encode('a', { add_special_tokens: true }).ids[0] === this.bosId;
  }

  encode(text: string): Uint32Array<ArrayBuffer> {
    if (!isWellFormed(text)) {
      throw new StudioError({
        code: 'text-lone-surrogate',
        message: 'The text holds half of a character (a lone surrogate), which no tokenizer knows.',
        remedy: 'Remove or repair the damaged character.',
      });
    }
    const { ids } = this.#library.encode(text, { add_special_tokens: false });
    const out = new Uint32Array(ids.length);
    for (let i = 0; i < ids.length; i++) {
      const id: number | undefined = ids[i];
      if (id === undefined || !Number.isInteger(id) || id < 0 || id >= this.vocabularySize) {
        throw tokenizerFault(
          'unknown-character',
          'The text holds characters that this tokenizer has no token for.',
        );
      }
      out[i] = id;
    }
    return out;
  }

  encodeWithBos(text: string): Uint32Array<ArrayBuffer> {
    const ids = this.encode(text);
    const { bosId } = this;
    if (!this.#addsBos || bosId === undefined || ids[0] === bosId) return ids;
    const out = new Uint32Array(ids.length + 1);
    out[0] = bosId;
    out.set(ids, 1);
    return out;
  }

  decode(ids: Iterable<number>, options: DecodeOptions = {}): string {
    const known: number[] = [];
    for (const id of ids) {
      if (options.skipSpecial === true && this.#specialIds.has(id)) continue;
      if (this.#library.id_to_token(id) !== undefined) known.push(id);
    }
    if (known.length === 0) return '';
    if (this.#places.kind === 'opaque') {
      return this.#library.decode(known, { clean_up_tokenization_spaces: false });
    }
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const parts = known.map((id) => decoder.decode(this.tokenBytes(id), { stream: true }));
    const text = parts.join('') + decoder.decode();
    return this.stripsLeadingSpace && text.startsWith(' ') ? text.slice(1) : text;
  }

  tokenText(id: number): string {
    const bytes = this.tokenBytes(id);
    if (bytes === undefined) return this.#library.id_to_token(id) ?? '';
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      const shown = Array.from(bytes, (byte) => byte.toString(16).toUpperCase().padStart(2, '0'));
      return shown.map((byte) => `<0x${byte}>`).join('');
    }
  }

  tokenBytes(id: number): Uint8Array | undefined {
    const cached = this.#bytes.get(id);
    if (cached !== undefined) return cached;
    const token = this.#library.id_to_token(id);
    if (token === undefined) return undefined;
    const bytes = pieceBytes(this.#places.kind, token, this.#addedIds.has(id));
    this.#bytes.set(id, bytes);
    return bytes;
  }

  idOf(token: string): number | undefined {
    return token === '' ? undefined : this.#library.token_to_id(token);
  }

  isSpecial(id: number): boolean {
    return this.#specialIds.has(id);
  }

  cut(text: string, ids: Uint32Array, offsets: readonly number[]): readonly TokenCut[] {
    return cutTokens(text, ids, offsets, this.#places);
  }
}

/**
 * Splits a text at the added tokens that are matched before normalisation, longest first, as Hugging
 * Face's tokenizers do; `lstrip` and `rstrip` tokens swallow the white space beside them.
 */
function sectionSplitter(added: readonly AddedTokenInfo[]): (text: string) => TextSection[] {
  const tokens = added.filter(({ normalized }) => !normalized);
  const byContent = new Map(tokens.map((token) => [token.content, token]));
  const escaped = [...byContent.keys()]
    .sort((a, b) => b.length - a.length)
    .map((content) => content.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'));
  const pattern = escaped.length === 0 ? undefined : new RegExp(escaped.join('|'), 'g');
  return (text) => {
    const sections: TextSection[] = [];
    let last = 0;
    let swallow = false;
    const plain = (end: number, swallowEnd: boolean): void => {
      let body = text.slice(last, end);
      const trimmedStart = swallow ? body.trimStart() : body;
      const textBegin = last + body.length - trimmedStart.length;
      body = swallowEnd ? trimmedStart.trimEnd() : trimmedStart;
      if (end > last) sections.push({ begin: last, end, text: body, textBegin, added: false });
    };
    for (const match of pattern === undefined ? [] : text.matchAll(pattern)) {
      const [content] = match;
      const token = byContent.get(content);
      plain(match.index, token?.lstrip ?? false);
      last = match.index + content.length;
      sections.push({
        begin: match.index,
        end: last,
        text: content,
        textBegin: match.index,
        added: true,
      });
      swallow = token?.rstrip ?? false;
    }
    plain(text.length, false);
    return sections;
  };
}

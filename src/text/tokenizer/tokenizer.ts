/** Loads the tokenizer of a model folder. */
import { Tokenizer } from '@huggingface/tokenizers';
import { detailOf, fault, StudioError } from '../../faults/fault.ts';
import { isWellFormed } from '../../formats/texts/unicode.ts';
import { rememberWords } from './known-words.ts';
import { cutTokens } from './token-places.ts';
import type { PlaceContext, TextSection, TokenCut } from './token-places.ts';
import { checkTokenizerFiles } from './tokenizer-files.ts';
import type { AddedTokenInfo, TokenizerFiles } from './tokenizer-files.ts';

import { Vocabulary, type DecodeOptions } from './vocabulary.ts';
import { WordCache } from './word-cache.ts';

export type { TokenizerFiles } from './tokenizer-files.ts';

/**
 * A model's tokenizer. Its ids equal those of Hugging Face's tokenizers for the same files. It follows regular
 * expressions from these files, which may never come to an end, so it runs where it can be stopped.
 */
export interface TextTokenizer extends Vocabulary {
  /**
   * Token ids of a text; special tokens written out in it are recognised, and none is added.
   * @throws StudioError `text-lone-surrogate`, `tokenizer-unknown-character`.
   */
  encode(text: string): Uint32Array<ArrayBuffer>;
  /** As `encode`, with the begin token first where the model was trained with one. */
  encodeWithBos(text: string): Uint32Array<ArrayBuffer>;
  /** Text of ids; ids that stand for nothing are left out. */
  decode(ids: Iterable<number>, options?: DecodeOptions): string;
  /** Cuts through a text in tokens, see cutTokens. */
  cut(text: string, ids: Uint32Array, offsets: readonly number[]): readonly TokenCut[];
}

/**
 * Loads a tokenizer from the texts of its files.
 * @throws StudioError `tokenizer-…` or `json-…` for files that are damaged or of an unknown kind.
 */
export function loadTokenizer(files: TokenizerFiles): TextTokenizer {
  const checked = checkTokenizerFiles(files);
  const library = usable(() => new Tokenizer(checked.json, checked.config));
  const { model } = library;
  if (model && 'cache' in model) model.cache = new WordCache();
  rememberWords(library);
  return new LoadedTokenizer(library, checked);
}

/** The library's result; an error that it throws is a fault of the files that it was made from. */
function usable<T>(ask: () => T): T {
  try {
    return ask();
  } catch (cause) {
    if (cause instanceof StudioError) throw cause;
    throw fault('tokenizer-unsupported', { detail: detailOf(cause) }, { cause });
  }
}

type Checked = ReturnType<typeof checkTokenizerFiles>;

class LoadedTokenizer extends Vocabulary implements TextTokenizer {
  readonly #library: Tokenizer;
  readonly #addsBos: boolean;
  readonly #places: PlaceContext;

  constructor(library: Tokenizer, checked: Checked) {
    super(checked);
    this.#library = library;
    this.#places = {
      kind: this.kind,
      sections: sectionSplitter(checked.added),
      normalize: (text) => usable(() => library.normalizer?.(text) ?? text),
      bytesOf: (id) => this.tokenBytes(id),
      encode: (text) => this.encode(text),
    };
    this.#addsBos = this.bosId !== undefined && this.#usesBos(checked.config['add_bos_token']);
  }

  /** Whether a begin token is added, as the config says or, where it says nothing, the tokenizer's post-processor. */
  #usesBos(declared: unknown): boolean {
    if (typeof declared === 'boolean') return declared;
    const { ids } = usable(() => this.#library.encode('a', { add_special_tokens: true }));
    return ids[0] === this.bosId;
  }

  encode(text: string): Uint32Array<ArrayBuffer> {
    if (!isWellFormed(text)) {
      throw fault('text-lone-surrogate');
    }
    const { ids } = usable(() => this.#library.encode(text, { add_special_tokens: false }));
    const out = new Uint32Array(ids.length);
    for (let i = 0; i < ids.length; i++) {
      const id: number | undefined = ids[i];
      if (id === undefined || !Number.isInteger(id) || id < 0 || id >= this.vocabularySize) {
        throw fault('tokenizer-unknown-character');
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
    if (this.kind !== 'opaque') return this.spell(ids, options);
    const known: number[] = [];
    for (const id of ids) {
      if (options.skipSpecial === true && this.isSpecial(id)) continue;
      if (this.pieceOf(id) !== undefined) known.push(id);
    }
    if (known.length === 0) return '';
    return this.#library.decode(known, { clean_up_tokenization_spaces: false });
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

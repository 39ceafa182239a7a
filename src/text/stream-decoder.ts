import type { TextTokenizer } from './tokenizer.ts';

export interface StreamDecoderOptions {
  /** Leaves out special tokens; true unless told otherwise. */
  readonly skipSpecial?: boolean;
  /** Whether the first token begins a text, so that the tokenizer's own leading space is dropped. */
  readonly atTextStart?: boolean;
}

/** A character has at most four bytes: more undecided tokens than that are broken bytes, not half a character. */
const MAX_UNDECIDED = 4;
const REPLACEMENT = '\ufffd';

/**
 * Turns generated tokens into text as they come, emitting only whole characters: a character whose bytes
 * come in several tokens appears when the last has come. What push and flush return, joined, is what
 * decoding all ids at once gives.
 */
export class StreamDecoder {
  readonly #tokenizer: TextTokenizer;
  readonly #skipSpecial: boolean;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #dropSpace: boolean;
  /** For tokenizers that do not spell bytes: ids whose text is shown, then ids still undecided. */
  #shown: number[] = [];
  #undecided: number[] = [];

  constructor(tokenizer: TextTokenizer, options: StreamDecoderOptions = {}) {
    this.#tokenizer = tokenizer;
    this.#skipSpecial = options.skipSpecial ?? true;
    this.#dropSpace = (options.atTextStart ?? false) && tokenizer.stripsLeadingSpace;
  }

  /** Takes the next token and returns the text that it completes, possibly ''. */
  push(id: number): string {
    if (this.#skipSpecial && this.#tokenizer.isSpecial(id)) return '';
    const bytes = this.#tokenizer.tokenBytes(id);
    if (bytes === undefined) return this.#pushOpaque(id);
    return this.#clip(this.#decoder.decode(bytes, { stream: true }));
  }

  /** Returns what is left at the end; an unfinished character becomes U+FFFD. */
  flush(): string {
    const rest = this.#undecided.length > 0 ? this.#newText() : '';
    this.#shown = [];
    this.#undecided = [];
    return this.#clip(rest + this.#decoder.decode());
  }

  #clip(text: string): string {
    if (!this.#dropSpace || text === '') return text;
    this.#dropSpace = false;
    return text.startsWith(' ') ? text.slice(1) : text;
  }

  #newText(): string {
    const before = this.#tokenizer.decode(this.#shown);
    return this.#tokenizer.decode([...this.#shown, ...this.#undecided]).slice(before.length);
  }

  #pushOpaque(id: number): string {
    this.#undecided.push(id);
    const text = this.#newText();
    if (text.endsWith(REPLACEMENT) && this.#undecided.length < MAX_UNDECIDED) return '';
    // The last shown tokens stay as context: how a token decodes may depend on the one before it.
    this.#shown = this.#undecided;
    this.#undecided = [];
    return text;
  }
}

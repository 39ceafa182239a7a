/** Turns tokens into text as they come, without ever showing half a character. */
import type { Vocabulary } from './vocabulary.ts';

export interface StreamDecoderOptions {
  /** Leaves out special tokens; true unless told otherwise. */
  readonly skipSpecial?: boolean;
  /** Whether the first token begins a text, so that the tokenizer's own leading space is dropped. */
  readonly atTextStart?: boolean;
}

/**
 * Turns generated tokens into text as they come, emitting only whole characters: a character whose bytes
 * come in several tokens appears when the last has come. What push and flush return, joined, is what
 * decoding all ids at once gives. For tokenizers whose tokens spell text (Vocabulary.kind).
 */
export class StreamDecoder {
  readonly #tokenizer: Vocabulary;
  readonly #skipSpecial: boolean;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #dropSpace: boolean;

  constructor(tokenizer: Vocabulary, options: StreamDecoderOptions = {}) {
    this.#tokenizer = tokenizer;
    this.#skipSpecial = options.skipSpecial ?? true;
    this.#dropSpace = (options.atTextStart ?? false) && tokenizer.stripsLeadingSpace;
  }

  /** Takes the next token and returns the text that it completes, possibly ''. */
  push(id: number): string {
    if (this.#skipSpecial && this.#tokenizer.isSpecial(id)) return '';
    const bytes = this.#tokenizer.tokenBytes(id);
    return bytes === undefined ? '' : this.#clip(this.#decoder.decode(bytes, { stream: true }));
  }

  /** Returns what is left at the end; an unfinished character becomes U+FFFD. */
  flush(): string {
    return this.#clip(this.#decoder.decode());
  }

  #clip(text: string): string {
    if (!this.#dropSpace || text === '') return text;
    this.#dropSpace = false;
    return text.startsWith(' ') ? text.slice(1) : text;
  }
}

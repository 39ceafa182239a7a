/** Turns tokens into text as they come, without ever showing half a character. */
import type { Vocabulary } from './vocabulary.ts';

export interface StreamDecoderOptions {
  /** Whether special tokens are left out; true unless given. */
  readonly skipSpecial?: boolean;
  /** Whether the first token begins a text, so that the tokenizer's own leading space is dropped. */
  readonly atTextStart?: boolean;
}

/**
 * Turns generated tokens into text as they come, emitting only whole characters: a character whose bytes are
 * spread over several tokens appears with the last of them. The texts that push and flush return, joined, equal
 * the decoding of all ids at once. For tokenizers whose tokens spell text (Vocabulary.kind).
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

  /** Returns the text left at the end; an unfinished character becomes U+FFFD. */
  flush(): string {
    return this.#clip(this.#decoder.decode());
  }

  #clip(text: string): string {
    if (!this.#dropSpace || text === '') return text;
    this.#dropSpace = false;
    return text.startsWith(' ') ? text.slice(1) : text;
  }
}

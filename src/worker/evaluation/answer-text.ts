/** Makes an answer's text while its tokens arrive. */
import { StreamDecoder } from '../../text/tokenizer/stream-decoder.ts';
import type { Vocabulary } from '../../text/tokenizer/vocabulary.ts';
import type { ModelText } from '../tokens/model-text.ts';

/**
 * Where tokens spell their text, each becomes text at once, from the vocabulary. Where only the tokenizer can
 * decode them, all tokens so far are sent to it together, and again after each reply, so that no token has
 * to wait.
 */
export class AnswerText {
  readonly #texts: ModelText;
  readonly #take: (text: string, tokens: number) => void;
  readonly #decoder: StreamDecoder | null;
  readonly #ids: number[] = [];
  /** The text passed on so far, where the tokenizer decodes. */
  #shown = '';
  #counted = 0;
  #asking: Promise<void> | null = null;
  #failed = false;

  /** @param atTextStart whether the first token begins a text, so that the space before it is dropped */
  constructor(
    vocabulary: Vocabulary,
    texts: ModelText,
    atTextStart: boolean,
    take: (text: string, tokens: number) => void,
  ) {
    this.#texts = texts;
    this.#take = take;
    this.#decoder =
      vocabulary.kind === 'opaque' ? null : new StreamDecoder(vocabulary, { atTextStart });
  }

  push(id: number): void {
    if (this.#decoder) {
      this.#take(this.#decoder.push(id), 1);
      return;
    }
    this.#ids.push(id);
    this.#asking ??= this.#decode(false)
      .catch(() => {
        // The error is reported when the answer ends.
        this.#failed = true;
      })
      .finally(() => {
        this.#asking = null;
      });
  }

  /** Whether the tokens cannot become text, so that more of them are useless. */
  get failed(): boolean {
    return this.#failed;
  }

  /**
   * Passes on the rest. @param stopped the person does not wait: the shown text stays as it is
   * @throws StudioError `text-stuck`, `model-aside`
   */
  async finish(stopped: boolean): Promise<void> {
    if (this.#decoder) {
      this.#take(this.#decoder.flush(), 0);
    } else if (!stopped) {
      await this.#asking;
      await this.#decode(true);
    }
  }

  async #decode(last: boolean): Promise<void> {
    const { length } = this.#ids;
    const whole = await this.#texts.decode(this.#ids.slice());
    // An incomplete character waits for its remaining bytes.
    const cut = last ? whole : whole.replace(/\ufffd+$/, '');
    const text = cut.startsWith(this.#shown) ? cut.slice(this.#shown.length) : '';
    this.#shown += text;
    this.#take(text, length - this.#counted);
    this.#counted = length;
  }
}

/**
 * The text side of a model: its tokenizer and its chat template. Both come from strangers and may run away, so
 * they run in the workers of the pool, which can be ended; this class only waits for their answers.
 */
import type { AskedText } from '../../engine/evaluation/answering.ts';
import { faultFrom } from '../../faults/fault.ts';
import type { ChatMessage } from '../../text/template/chat-template.ts';
import type { Conversation, EncodedConversation, EncodeOptions } from '../../text/labels/labels.ts';
import { beforeStop } from '../../text/template/stop-text.ts';
import type { TurnEnd } from '../../text/template/turn-end.ts';
import type { Vocabulary } from '../../text/tokenizer/vocabulary.ts';
import type { Ask, AskResult, AskResults } from './token-encoder.ts';
import type { EncoderSource, TokenPool } from './token-pool.ts';

/** Most texts in one job; more texts are sent as several jobs, which run side by side. */
const TOGETHER = 32;

interface Asked {
  readonly ask: Ask;
  readonly settle: (result: AskResult) => void;
  readonly fail: (error: unknown) => void;
}

export class ModelText {
  readonly #vocabulary: Vocabulary;
  readonly #source: EncoderSource;
  readonly #pool: TokenPool;
  readonly #signal: AbortSignal | undefined;
  #asked: Asked[] = [];

  /** @param signal ends all requests at once, also those under way */
  constructor(
    vocabulary: Vocabulary,
    source: EncoderSource,
    pool: TokenPool,
    signal?: AbortSignal,
  ) {
    this.#vocabulary = vocabulary;
    this.#source = source;
    this.#pool = pool;
    this.#signal = signal;
  }

  /** The tokens after which the model writes its answer. @throws StudioError `template-…`, `text-…` */
  prompt(messages: readonly ChatMessage[]): Promise<Uint32Array<ArrayBuffer>> {
    return this.#ask({ ask: 'prompt', messages });
  }

  /** A conversation with its labels, as a run reads it. */
  conversation(record: Conversation, options: EncodeOptions): Promise<EncodedConversation> {
    return this.#ask({ ask: 'conversation', record, options });
  }

  /** Ids of a plain text, after the begin token where the model was trained with one. */
  encodeWithBos(text: string): Promise<Uint32Array<ArrayBuffer>> {
    return this.#ask({ ask: 'text', text, bos: true });
  }

  /** How an answer ends with this template. */
  turnEnd(): Promise<TurnEnd> {
    return this.#ask({ ask: 'end' });
  }

  /** Ids after which an answer ends. */
  stopIds(): Promise<readonly number[]> {
    return this.#ask({ ask: 'stops' });
  }

  /** Text of ids without special tokens; from the vocabulary alone where tokens spell text. */
  async decode(ids: Uint32Array | readonly number[], special = false): Promise<string> {
    if (this.#vocabulary.kind !== 'opaque') {
      return this.#vocabulary.spell(ids, { skipSpecial: !special });
    }
    return this.#ask({ ask: 'decode', ids: Uint32Array.from(ids), special });
  }

  /** Text of an answer, up to where the template ends it. */
  async answer(ids: Uint32Array): Promise<string> {
    const [text, { stopText }] = await Promise.all([this.decode(ids), this.turnEnd()]);
    return beforeStop(text, stopText);
  }

  /** The text functions that evaluation needs. */
  async questions(): Promise<AskedText> {
    const eosIds = await this.stopIds();
    return {
      eosIds,
      prompt: (text) => this.prompt([{ role: 'user', content: text }]),
      answer: (text) => this.#ask({ ask: 'answer', text }),
      piece: (text) => this.#ask({ ask: 'text', text, bos: false }),
      plain: (text) => this.#ask({ ask: 'text', text, bos: true }),
      decode: (ids) => this.answer(ids),
    };
  }

  #ask<A extends Ask>(ask: A): Promise<AskResults[A['ask']]> {
    return new Promise((resolve, fail) => {
      if (this.#asked.length === 0) queueMicrotask(() => this.#send());
      const settle = (result: AskResult): void => {
        if ('error' in result) fail(faultFrom(result.error));
        // The worker answers each kind of ask with its own kind of result.
        else resolve(result.value as AskResults[A['ask']]);
      };
      this.#asked.push({ ask, settle, fail });
    });
  }

  #send(): void {
    const asked = this.#asked;
    this.#asked = [];
    for (let first = 0; first < asked.length; first += TOGETHER) {
      void this.#run(asked.slice(first, first + TOGETHER));
    }
  }

  async #run(asked: readonly Asked[]): Promise<void> {
    try {
      const job = { what: 'asks', asks: asked.map(({ ask }) => ask) } as const;
      const options = { urgent: true, signal: this.#signal };
      const output = await this.#pool.run(this.#source, job, options);
      const results = output.what === 'asks' ? output.results : [];
      asked.forEach(({ settle, fail }, i) => {
        const result = results[i];
        if (result) settle(result);
        else fail(new Error('The pool answered another job'));
      });
    } catch (error) {
      for (const { fail } of asked) fail(error);
    }
  }
}

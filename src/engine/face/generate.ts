/** Generates answers, as text that arrives while it is written. */
import type { SamplingSettings, StopReason } from '../inference/generator.ts';
import { BUILT_IN_TEMPLATES, type ChatMessage } from '../../text/template/chat-template.ts';
import { encodePrompt } from '../../text/labels/labels.ts';
import { StopText } from '../../text/template/stop-text.ts';
import { stopIds, turnEnd } from '../../text/template/turn-end.ts';
import { StreamDecoder } from '../../text/tokenizer/stream-decoder.ts';
import type { TextTokenizer } from '../../text/tokenizer/tokenizer.ts';
import { openedState, type ModelState } from './state.ts';

export interface GenerateOptions extends Partial<SamplingSettings> {
  readonly state: ModelState;
  /** A question, or a conversation whose last turn is the user's. */
  readonly prompt: string | readonly ChatMessage[];
  /** Most tokens of the answer; 256 unless told. */
  readonly maxTokens?: number;
  /** Ends the answer after the current token. */
  readonly signal?: AbortSignal;
}

/** How an answer ended. */
export interface Generated {
  /** `end`: the model ended its turn. `length`, `context`: no more room. `stopped`: by the signal. */
  readonly stopReason: StopReason;
  readonly promptTokens: number;
  readonly tokens: number;
}

/** Tokens that end an answer on the device. */
const MOST_STOP_IDS = 16;

/**
 * Answers a prompt; the text comes in pieces of whole characters. Greedy unless a temperature is given.
 * @returns how the answer ended
 * @throws StudioError `prompt-too-long`, `template-…`, requests that the device refuses
 */
export async function* generate(
  options: GenerateOptions,
): AsyncGenerator<string, Generated, undefined> {
  const { prompt, signal, maxTokens = 256 } = options;
  const { temperature = 0, topP = 1, topK = 0, repetitionPenalty = 1, seed = 0 } = options;
  const state = openedState(options.state);
  const { model } = state;
  const { tokenizer, chat } = model;
  const messages =
    typeof prompt === 'string' ? [{ role: 'user' as const, content: prompt }] : prompt;
  const ids = encodePrompt(tokenizer, chat, messages);
  const end = new StopText(turnEnd(tokenizer, chat).stopText);
  // After "Assistant:" the space before the first word belongs to the template.
  const text = textOf(tokenizer, chat.source === BUILT_IN_TEMPLATES.plain);
  const pieces = new Pieces();
  let left = false;
  const settings = { temperature, topP, topK, repetitionPenalty, seed };
  const hooks = {
    stopIds: stopIds(tokenizer, chat).slice(0, MOST_STOP_IDS),
    maxTokens,
    onToken: (id: number) => pieces.push(end.push(text.push(id))),
    ended: () => end.met,
    stopped: () => left || signal?.aborted === true,
  };
  const answer = state
    .use((answers) => answers.stream(ids, settings, hooks))
    .finally(() => pieces.close());
  try {
    yield* pieces;
    const { stopReason, ids: written } = await answer;
    const rest = end.push(text.flush()) + end.flush();
    if (rest !== '') yield rest;
    return { stopReason, promptTokens: ids.length, tokens: written.length };
  } finally {
    left = true;
    // Even when the caller leaves the loop, the device finishes this answer before the next begins.
    await answer.catch(() => undefined);
  }
}

/** Text of tokens as they come; where only the tokenizer can decode them, all are decoded again. */
function textOf(
  tokenizer: TextTokenizer,
  atTextStart: boolean,
): Pick<StreamDecoder, 'push' | 'flush'> {
  if (tokenizer.kind !== 'opaque') return new StreamDecoder(tokenizer, { atTextStart });
  const ids: number[] = [];
  let shown = '';
  const more = (whole: string): string => {
    const piece = whole.slice(shown.length);
    shown = whole;
    return piece;
  };
  const all = (): string => tokenizer.decode(ids, { skipSpecial: true });
  return {
    push: (id) => {
      ids.push(id);
      // Text that ends in half a character waits for the other half.
      const whole = all();
      return whole.endsWith('\ufffd') ? '' : more(whole);
    },
    flush: () => more(all()),
  };
}

/** Hands pieces of text from the device's callbacks to a loop that awaits them. */
class Pieces implements AsyncIterable<string> {
  readonly #waiting: string[] = [];
  #closed = false;
  #wake: () => void = () => undefined;

  push(piece: string): void {
    if (piece !== '') this.#waiting.push(piece);
    this.#wake();
  }

  close(): void {
    this.#closed = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<string, void, undefined> {
    for (;;) {
      const piece = this.#waiting.shift();
      if (piece !== undefined) yield piece;
      else if (this.#closed) return;
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

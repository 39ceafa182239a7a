/**
 * Restores reasoning that a chat template cuts off. The template renders the conversation with a stand-in for
 * each answer whose reasoning it drops; each stand-in in the text is then replaced by the answer as it is.
 */
import type { ChatMessage, ChatTemplate } from './chat-template.ts';
import { emptyReasoningBefore, reasoningIn } from './reasoning.ts';
import { renderWith } from './render-with.ts';
import type { TextTokenizer } from '../tokenizer/tokenizer.ts';

/** A conversation with stand-ins in place of some answers. */
export interface StoodIn {
  /** The conversation as rendered. */
  readonly messages: readonly ChatMessage[];
  readonly text: string;
  /** The texts to put in and their places in `text`, ascending by offset. */
  readonly swaps: readonly { readonly begin: number; readonly end: number; readonly by: string }[];
}

/** Turns whose reasoning is missing from the text that the template made of them. */
export function turnsWithoutReasoning(messages: readonly ChatMessage[], text: string): number[] {
  return messages.flatMap(({ role, content }, turn) => {
    const reasoning = role === 'assistant' ? reasoningIn(content) : '';
    return reasoning !== '' && !text.includes(reasoning) ? [turn] : [];
  });
}

/** Private-use characters, with the number of the turn between them. */
const standIn = (turn: number): string => `\ue0f0${turn}\ue0f1`;

/** The conversation with stand-ins at these turns; undefined where one does not appear exactly once. */
export function standInFor(
  tokenizer: TextTokenizer,
  template: ChatTemplate,
  messages: readonly ChatMessage[],
  turns: readonly number[],
): StoodIn | undefined {
  const stood = messages.map((message, turn) =>
    turns.includes(turn) ? { ...message, content: standIn(turn) } : message,
  );
  const text = renderWith(tokenizer, template, stood, false);
  const swaps = turns.map((turn) => {
    const sign = standIn(turn);
    const at = text.indexOf(sign);
    // An answer with reasoning needs no empty block before it.
    const begin = at - emptyReasoningBefore(text.slice(0, Math.max(0, at)));
    const once = at >= 0 && at === text.lastIndexOf(sign);
    return { once, begin, end: at + sign.length, by: messages[turn]?.content ?? '' };
  });
  return swaps.every(({ once }) => once) ? { messages: stood, text, swaps } : undefined;
}

/** The text with the answers in place of their stand-ins. */
export function swappedText({ text, swaps }: StoodIn): string {
  let result = '';
  let last = 0;
  for (const { begin, end, by } of swaps) {
    result += text.slice(last, begin) + by;
    last = end;
  }
  return result + text.slice(last);
}

/** Maps an offset of the text to the text with the answers; an offset inside a stand-in becomes its beginning. */
export function swappedOffset({ swaps }: StoodIn, offset: number): number {
  let shift = 0;
  for (const { begin, end, by } of swaps) {
    if (offset <= begin) break;
    if (offset < end) return begin + shift;
    shift += by.length - (end - begin);
  }
  return offset + shift;
}

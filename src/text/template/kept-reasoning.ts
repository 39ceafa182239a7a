/**
 * Restores reasoning that a chat template cuts off. The template renders the conversation with a stand-in for
 * each answer whose reasoning it drops; where the stand-in comes out, the answer is put as it is.
 */
import type { ChatMessage, ChatTemplate } from './chat-template.ts';
import { emptyReasoningBefore, reasoningIn } from './reasoning.ts';
import { renderWith } from './render-with.ts';
import type { TextTokenizer } from '../tokenizer/tokenizer.ts';

/** A conversation in which stand-ins may stand for answers. */
export interface StoodIn {
  /** As it is rendered. */
  readonly messages: readonly ChatMessage[];
  readonly text: string;
  /** What goes where, ascending, in offsets of `text`. */
  readonly swaps: readonly { readonly begin: number; readonly end: number; readonly by: string }[];
}

/** Turns whose reasoning is not in the text that the template made of them. */
export function turnsWithoutReasoning(messages: readonly ChatMessage[], text: string): number[] {
  return messages.flatMap(({ role, content }, turn) => {
    const reasoning = role === 'assistant' ? reasoningIn(content) : '';
    return reasoning !== '' && !text.includes(reasoning) ? [turn] : [];
  });
}

/** Private use; with the number of the turn between them. */
const standIn = (turn: number): string => `\ue0f0${turn}\ue0f1`;

/** The conversation with stand-ins at these turns; undefined where one does not come out exactly once. */
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

/** An offset of the text as it is in the text with the answers; one inside a stand-in is its begin. */
export function swappedOffset({ swaps }: StoodIn, offset: number): number {
  let shift = 0;
  for (const { begin, end, by } of swaps) {
    if (offset <= begin) break;
    if (offset < end) return begin + shift;
    shift += by.length - (end - begin);
  }
  return offset + shift;
}

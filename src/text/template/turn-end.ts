/**
 * Finds out what a chat template writes behind an answer, by rendering a conversation. It decides what is
 * trained as the end of an answer, where generation stops, and what exports name as end token; what the files
 * around a tokenizer declare is asked only beside it.
 */
import { StudioError } from '../../faults/fault.ts';
import type { ChatMessage, ChatTemplate } from './chat-template.ts';
import { renderWith } from './render-with.ts';
import { commonEnd, commonStart } from '../labels/shared-text.ts';
import type { TextTokenizer } from '../tokenizer/tokenizer.ts';

export interface TurnEnd {
  /** Everything behind the answer, as it stands at the end of a conversation. */
  readonly text: string;
  /** The token that ends an answer; null where ordinary tokens do, or nothing does. */
  readonly id: number | null;
  /** The text that ends an answer where no token of its own does; null otherwise. */
  readonly stopText: string | null;
}

const NONE: TurnEnd = { text: '', id: null, stopText: null };

/** Answers that share neither their first nor their last letter, so that what renderings share is the frame. */
export const PROBES = ['Aa1', 'Bb2'] as const;

/** Conversations that templates render; one that wants no system text, and one that wants it. */
const QUESTIONS: readonly (readonly ChatMessage[])[] = [
  [{ role: 'user', content: 'Question' }],
  [
    { role: 'system', content: 'Instruction' },
    { role: 'user', content: 'Question' },
  ],
];

/**
 * Index of the token that ends a turn among tokens [from, to): an end token of the model or another special
 * one; where there is none, any token that was added to the vocabulary. −1 where ordinary tokens are all.
 */
export function endTokenIn(
  tokenizer: TextTokenizer,
  ids: Uint32Array,
  from: number,
  to: number,
): number {
  const find = (ends: (id: number) => boolean): number => {
    for (let t = from; t < Math.min(to, ids.length); t += 1) if (ends(ids[t] ?? 0)) return t;
    return -1;
  };
  const special = find((id) => tokenizer.eosIds.includes(id) || tokenizer.isSpecial(id));
  return special >= 0 ? special : find((id) => tokenizer.isAdded(id));
}

function endAfter(
  tokenizer: TextTokenizer,
  template: ChatTemplate,
  question: readonly ChatMessage[],
): TurnEnd {
  const [rendered = '', other = ''] = PROBES.map((content) =>
    renderWith(tokenizer, template, [...question, { role: 'assistant', content }], false),
  );
  const length = commonEnd(rendered, other);
  const contentEnd = rendered.length - length;
  if (rendered.slice(commonStart(rendered, other), contentEnd) !== PROBES[0]) return NONE;
  const text = rendered.slice(contentEnd);
  const ids = tokenizer.encode(rendered);
  const [cut] = tokenizer.cut(rendered, ids, [contentEnd]);
  const at = endTokenIn(tokenizer, ids, cut?.before ?? ids.length, ids.length);
  if (at >= 0) return { text, id: ids[at] ?? null, stopText: null };
  // White space alone ends nothing: answers have line breaks.
  return { text, id: null, stopText: text.trim() === '' ? null : text };
}

const known = new WeakMap<ChatTemplate, WeakMap<TextTokenizer, TurnEnd>>();

/** How an answer ends with this template; without an id or a text where the template ends none. */
export function turnEnd(tokenizer: TextTokenizer, template: ChatTemplate): TurnEnd {
  const ends = known.get(template) ?? new WeakMap<TextTokenizer, TurnEnd>();
  known.set(template, ends);
  const found = ends.get(tokenizer) ?? firstThatRenders(tokenizer, template);
  ends.set(tokenizer, found);
  return found;
}

function firstThatRenders(tokenizer: TextTokenizer, template: ChatTemplate): TurnEnd {
  for (const question of QUESTIONS) {
    try {
      const end = endAfter(tokenizer, template, question);
      if (end.text !== '') return end;
    } catch (error) {
      // The template refuses this conversation; it may take the next.
      if (!(error instanceof StudioError)) throw error;
    }
  }
  return NONE;
}

/** Ids that end an answer: the template's own first, then what the model's files declare. */
export function stopIds(tokenizer: TextTokenizer, template: ChatTemplate): readonly number[] {
  const { id } = turnEnd(tokenizer, template);
  return [...new Set([...(id === null ? [] : [id]), ...tokenizer.endIds])];
}

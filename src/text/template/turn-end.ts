/**
 * Finds out what a chat template writes after an answer, by rendering a conversation. The result decides what is
 * trained as the end of an answer, where generation stops, and which end token exports name. The ends that the
 * files around a tokenizer declare only add to it.
 */
import { StudioError } from '../../faults/fault.ts';
import type { ChatMessage, ChatTemplate } from './chat-template.ts';
import { renderWith } from './render-with.ts';
import { commonEnd, commonStart } from '../labels/shared-text.ts';
import type { TextTokenizer } from '../tokenizer/tokenizer.ts';

export interface TurnEnd {
  /** All text after the answer, as it is at the end of a conversation. */
  readonly text: string;
  /** The token that ends an answer; null where ordinary tokens or nothing end it. */
  readonly id: number | null;
  /** The text that ends an answer where no single token does; null otherwise. */
  readonly stopText: string | null;
}

const NONE: TurnEnd = { text: '', id: null, stopText: null };

/** Answers with different first and last letters, so that the text that their renderings share is the template's. */
export const PROBES = ['Aa1', 'Bb2'] as const;

/** Conversations for templates to render: one without a system text, and one with it. */
const QUESTIONS: readonly (readonly ChatMessage[])[] = [
  [{ role: 'user', content: 'Question' }],
  [
    { role: 'system', content: 'Instruction' },
    { role: 'user', content: 'Question' },
  ],
];

/**
 * Index of the token that ends a turn among tokens [from, to): an end token of the model or another special
 * token; where there is neither, a token added to the vocabulary. −1 where all tokens are ordinary.
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
  // White space alone is no end: answers contain line breaks.
  return { text, id: null, stopText: text.trim() === '' ? null : text };
}

const known = new WeakMap<ChatTemplate, WeakMap<TextTokenizer, TurnEnd>>();

/** How an answer ends with this template; without an id or a text where the template writes no end. */
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
      // A template that refuses this conversation may accept the next one.
      if (!(error instanceof StudioError)) throw error;
    }
  }
  return NONE;
}

/** Ids that end an answer: first the template's end, then the ends that the model's files declare. */
export function stopIds(tokenizer: TextTokenizer, template: ChatTemplate): readonly number[] {
  const { id } = turnEnd(tokenizer, template);
  return [...new Set([...(id === null ? [] : [id]), ...tokenizer.endIds])];
}

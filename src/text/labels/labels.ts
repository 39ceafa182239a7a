/**
 * Turns a conversation into token ids and labels. Which tokens train is decided by character spans found in the
 * rendered text, so it holds for any chat template, and the ids are those of the whole text.
 */
import { fault, type StudioError } from '../../faults/fault.ts';
import { answerPlaces } from './answer-places.ts';
import type { AnswerPlace } from './answer-place.ts';
import type { ChatMessage, ChatTemplate } from '../template/chat-template.ts';
import {
  standInFor,
  swappedOffset,
  swappedText,
  turnsWithoutReasoning,
} from '../template/kept-reasoning.ts';
import { renderWith } from '../template/render-with.ts';
import type { TextTokenizer } from '../tokenizer/tokenizer.ts';
import { NO_TARGET } from './no-target.ts';
import { endTokenIn, turnEnd } from '../template/turn-end.ts';
import { cutsOf, withoutCuts, type Cut, type Truncation } from './truncation.ts';

/**
 * `assistant`: every answer and its end-of-turn token. `released`: also the tokens that frame every turn
 * (`<|im_start|>`, `<|im_end|>` and the line break after it), as the released code trains.
 */
export type LabelScheme = 'assistant' | 'released';

export interface Conversation {
  readonly messages: readonly ChatMessage[];
}

/** What decides which tokens of a conversation are targets. */
export interface TargetRules {
  readonly labels: LabelScheme;
  /** `keep`: reasoning that the template cuts off an answer is put back, and trained on. */
  readonly reasoning?: 'keep' | undefined;
  /**
   * For runs that began before the template's ending decided where an answer ends: an answer ends in a special token
   * or nowhere, and every prompt has to be the beginning of the whole text. Such runs go on by these rules.
   */
  readonly earlier?: boolean | undefined;
}

export interface EncodeOptions extends TargetRules {
  /** The most tokens that are kept. */
  readonly maxLength: number;
  /** What a longer record loses; by default its end. */
  readonly truncation?: Truncation | undefined;
}

export interface EncodedConversation {
  readonly ids: Uint32Array<ArrayBuffer>;
  /** The id itself where it is a target, else −100; position t is not shifted (the loss shifts). */
  readonly labels: Int32Array<ArrayBuffer>;
  /** What was cut out, as places in the whole record; empty where it fits. */
  readonly cuts: readonly Cut[];
  /**
   * Targets that count in the loss: position 0 has no token before it and is not among them. 0 means that the
   * record teaches nothing (no answer, or all of it beyond maxLength).
   */
  readonly targets: number;
  /** Answers without an end from the template; a model trained on these never learns to stop. */
  readonly turnsWithoutEnd: number;
  /** Answers whose reasoning the template cut off. */
  readonly reasoningDropped: number;
  /** Answers before which the text differs from the template's prompt for them. */
  readonly otherPrompts: number;
}

interface Located {
  readonly text: string;
  /** The turns that are answers. */
  readonly turns: readonly number[];
  readonly answers: readonly AnswerPlace[];
  readonly reasoningDropped: number;
}

/** The conversation as text, with the places of the answers that are trained on. */
function locate(
  tokenizer: TextTokenizer,
  template: ChatTemplate,
  { messages }: Conversation,
  { reasoning, earlier = false }: TargetRules,
): Located {
  const turns = messages.flatMap(({ role, train }, turn) =>
    role === 'assistant' && train !== false ? [turn] : [],
  );
  const text = renderWith(tokenizer, template, messages, false);
  const rendering = { tokenizer, template, messages, text };
  if (earlier) {
    return { text, turns, answers: answerPlaces(rendering, turns, true), reasoningDropped: 0 };
  }
  const dropped = turnsWithoutReasoning(messages, text);
  const stoodIn =
    reasoning === 'keep' && dropped.length > 0
      ? standInFor(tokenizer, template, messages, dropped)
      : undefined;
  if (!stoodIn) {
    const answers = answerPlaces(rendering, turns);
    return { text, turns, answers, reasoningDropped: dropped.length };
  }
  const whole = swappedText(stoodIn);
  const answers = answerPlaces({ ...rendering, ...stoodIn }, turns).map((place) => {
    const begin = swappedOffset(stoodIn, place.begin);
    // The answer itself may begin with the text that the prompt ends in.
    const seen = whole.startsWith(place.unseenPrompt, begin);
    return {
      begin: seen ? begin + place.unseenPrompt.length : begin,
      contentEnd: swappedOffset(stoodIn, place.contentEnd),
      end: swappedOffset(stoodIn, place.end),
      unseenPrompt: seen ? '' : place.unseenPrompt,
    };
  });
  return { text: whole, turns, answers, reasoningDropped: 0 };
}

/** The answers without the beginnings that are no targets, where the template has written those. */
function behindUntrained(
  { text, turns, answers, ...rest }: Located,
  messages: readonly ChatMessage[],
): Located {
  const trained = answers.map((place, i) => {
    const { content = '', untrained = 0 } = messages[turns[i] ?? -1] ?? {};
    if (untrained === 0) return place;
    const own = content.slice(untrained).trim();
    const at = text.lastIndexOf(own, place.contentEnd - own.length);
    return at > place.begin ? { ...place, begin: at } : place;
  });
  return { text, turns, answers: trained, ...rest };
}

/** The tokens [first, stop) of an answer, whose text ends before `contentStop`. */
interface AnswerTokens {
  readonly first: number;
  readonly contentStop: number;
  readonly stop: number;
  /** Whether the template writes an end after the answer. */
  readonly ended: boolean;
}

function answerTokens(
  tokenizer: TextTokenizer,
  {
    text,
    ids,
    places,
    earlier = false,
  }: {
    readonly text: string;
    /** The text as tokens. */
    readonly ids: Uint32Array;
    readonly places: readonly AnswerPlace[];
    readonly earlier?: boolean;
  },
): AnswerTokens[] {
  const offsets = places.flatMap(({ begin, contentEnd, end }) => [begin, contentEnd, end]);
  const cuts = tokenizer.cut(text, ids, offsets);
  return places.flatMap(({ contentEnd, end }, index) => {
    const [begin, content, last] = cuts.slice(3 * index, 3 * index + 3);
    if (begin === undefined || content === undefined || last === undefined) return [];
    // A token that begins in the prompt does not belong to the answer alone: generation never emits it.
    const first = begin.clean ? begin.before : begin.before + 1;
    const contentStop = content.before;
    const at = earlier
      ? specialIn(tokenizer, ids, contentStop, last.before)
      : endTokenIn(tokenizer, ids, contentStop, last.before);
    if (at >= 0) return [{ first, contentStop, stop: at + 1, ended: true }];
    // Ordinary tokens end the answer where they are more than white space, which answers contain too.
    const spelled = !earlier && text.slice(contentEnd, end).trim() !== '';
    const stop = spelled ? last.before : contentStop;
    return [{ first, contentStop, stop, ended: spelled }];
  });
}

function specialIn(tokenizer: TextTokenizer, ids: Uint32Array, from: number, to: number): number {
  for (let t = from; t < to; t += 1) {
    const id = ids[t] ?? 0;
    if (tokenizer.eosIds.includes(id) || tokenizer.isSpecial(id)) return t;
  }
  return -1;
}

/**
 * Encodes one conversation for training.
 * @throws StudioError `answer-not-located`, `answer-empty`, `template-…`, `text-lone-surrogate`.
 */
export function encodeConversation(
  tokenizer: TextTokenizer,
  template: ChatTemplate,
  record: Conversation,
  options: EncodeOptions,
): EncodedConversation {
  const { earlier = false } = options;
  const located = locate(tokenizer, template, record, options);
  const { text, answers, reasoningDropped } = behindUntrained(located, record.messages);
  const written = earlier
    ? answers
    : answers.filter(({ begin, contentEnd }) => text.slice(begin, contentEnd).trim() !== '');
  if (answers.length > 0 && written.length === 0) throw emptyAnswer();
  const all = tokenizer.encode(text);
  const spans = answerTokens(tokenizer, { text, ids: all, places: written, earlier });
  const isTarget = new Uint8Array(all.length);
  for (const { first, stop } of spans) isTarget.fill(1, first, stop);
  if (options.labels === 'released') {
    const end = earlier ? null : turnEnd(tokenizer, template).id;
    addFrameTargets(tokenizer, end, all, isTarget);
  }

  const { maxLength, truncation = 'end' } = options;
  const cuts = cutsOf(isTarget, { maxLength, truncation });
  const ids = withoutCuts(all, cuts);
  const labels = withoutCuts(
    Int32Array.from(all, (id, t) => (isTarget[t] === 1 ? id : NO_TARGET)),
    cuts,
  );
  return {
    ids,
    labels,
    cuts,
    targets: labels.subarray(1).reduce((sum, label) => sum + (label === NO_TARGET ? 0 : 1), 0),
    turnsWithoutEnd: spans.filter(({ ended }) => !ended).length,
    reasoningDropped,
    otherPrompts: written.filter(({ unseenPrompt }) => unseenPrompt !== '').length,
  };
}

function emptyAnswer(): StudioError {
  return fault('answer-empty');
}

/**
 * Marks special tokens everywhere, and a line break that directly follows an end-of-turn token.
 * @param end the token that ends a turn, if it is to count as special whatever the tokenizer says
 */
function addFrameTargets(
  tokenizer: TextTokenizer,
  end: number | null,
  ids: Uint32Array,
  isTarget: Uint8Array,
): void {
  for (let t = 0; t < ids.length; t++) {
    const id = ids[t] as number;
    if (!tokenizer.isSpecial(id) && id !== end) continue;
    isTarget[t] = 1;
    const opens = tokenizer.tokenText(id) === '<|im_start|>' || id === tokenizer.bosId;
    const following = ids[t + 1];
    if (opens || following === undefined) continue;
    if (tokenizer.tokenText(following) === '\n') isTarget[t + 1] = 1;
  }
}

/** The tokens of an answer as they follow its question, without its end. */
export function encodeAnswer(
  tokenizer: TextTokenizer,
  template: ChatTemplate,
  answer: string,
): Uint32Array<ArrayBuffer> {
  const messages = [
    { role: 'user', content: '?' },
    { role: 'assistant', content: answer },
  ] as const;
  const { text, answers } = locate(tokenizer, template, { messages }, { labels: 'assistant' });
  const ids = tokenizer.encode(text);
  const [span] = answerTokens(tokenizer, { text, ids, places: answers });
  if (!span) return new Uint32Array();
  const { first, contentStop, stop, ended } = span;
  // The token that ends the answer is left out; text that the template puts before this token is the answer's.
  const single = ended && endTokenIn(tokenizer, ids, stop - 1, stop) >= 0;
  return ids.slice(first, single ? stop - 1 : contentStop);
}

/** The tokens that a model continues with its answer: the conversation with the prompt for the answer. */
export function encodePrompt(
  tokenizer: TextTokenizer,
  template: ChatTemplate,
  messages: readonly ChatMessage[],
): Uint32Array<ArrayBuffer> {
  return tokenizer.encode(renderWith(tokenizer, template, messages, true));
}

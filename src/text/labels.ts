/**
 * From a conversation to token ids and labels. Which tokens train is decided by character spans found in
 * the rendered text, so it holds for any chat template, and the ids are those of the whole text.
 */
import { StudioError } from '../errors.ts';
import type { ChatMessage, ChatTemplate } from './chat-template.ts';
import type { TextTokenizer } from './tokenizer.ts';

/** Label of a position that is no target. */
export const NO_TARGET = -100;

/**
 * `assistant`: every answer and its end-of-turn token. `released`: also the tokens that frame every turn
 * (`<|im_start|>`, `<|im_end|>` and the line break after it), as the released code trains.
 */
export type LabelScheme = 'assistant' | 'released';

export interface Conversation {
  readonly messages: readonly ChatMessage[];
}

export interface EncodeOptions {
  readonly labels: LabelScheme;
  /** Longest sequence in tokens; what is beyond is cut off, the start is kept. */
  readonly maxLength: number;
}

export interface EncodedConversation {
  readonly ids: Uint32Array<ArrayBuffer>;
  /** The id itself where it is a target, else −100; position t is not shifted (the loss shifts). */
  readonly labels: Int32Array<ArrayBuffer>;
  readonly truncated: boolean;
  /**
   * Targets that the loss will count: position 0 has no predecessor and is not among them. 0 means the
   * record teaches nothing (no answer, or all of it beyond maxLength).
   */
  readonly targets: number;
  /** Answers with no end-of-turn token after them; a model trained on these never learns to stop. */
  readonly turnsWithoutEnd: number;
}

interface Span {
  readonly begin: number;
  /** End of the answer's own text. */
  readonly contentEnd: number;
  /** End of the turn: the end-of-turn token lies before it. */
  readonly end: number;
}

function render(
  tokenizer: TextTokenizer,
  template: ChatTemplate,
  messages: readonly ChatMessage[],
  addGenerationPrompt: boolean,
): string {
  const { bosToken, eosToken } = tokenizer;
  return template.render(messages, { addGenerationPrompt, bosToken, eosToken });
}

function notIncremental(turn: number): StudioError {
  return new StudioError({
    code: 'template-not-incremental',
    message: `With this chat template, the text before answer ${turn + 1} changes when the answer is added, so the answer cannot be told from the prompt.`,
    remedy: 'Choose the built-in template "chatml" or "plain" instead of the model’s own.',
    data: { turn },
  });
}

/**
 * What the template writes after the answer that ends `messages` (`<|im_end|>\n` with ChatML): the part at
 * the end that stays when the answer is exchanged for one that ends in another character.
 */
function endingOf(
  tokenizer: TextTokenizer,
  template: ChatTemplate,
  messages: readonly ChatMessage[],
  rendered: string,
): string {
  const content = messages.at(-1)?.content ?? '';
  const lastCharacters = [content.at(-1), content.trimEnd().at(-1)];
  const probe = ['0', '1', '2'].find((character) => !lastCharacters.includes(character)) ?? '0';
  const changed: readonly ChatMessage[] = [
    ...messages.slice(0, -1),
    { role: 'assistant', content: probe },
  ];
  const other = render(tokenizer, template, changed, false);
  let length = 0;
  while (length < other.length && rendered.at(-1 - length) === other.at(-1 - length)) length += 1;
  return rendered.slice(rendered.length - length);
}

/** Endings found so far: with them an answer is found in the full text without rendering it once more. */
const knownEndings = new WeakMap<ChatTemplate, string>();

/** The span of an answer that stands, followed by `ending`, right where the prompt stops. */
function spanAt(full: string, begin: number, content: string, ending: string): Span | undefined {
  for (const body of [content, content.trim()]) {
    if (body === '' || !full.startsWith(body + ending, begin)) continue;
    const contentEnd = begin + body.length;
    return { begin, contentEnd, end: contentEnd + ending.length };
  }
  return undefined;
}

/** The span of answer `turn` in the rendering `full` of the whole conversation. */
function answerSpan(
  tokenizer: TextTokenizer,
  template: ChatTemplate,
  messages: readonly ChatMessage[],
  turn: number,
  full: string,
): Span {
  const content = messages[turn]?.content ?? '';
  const head = turn === 0 ? '' : render(tokenizer, template, messages.slice(0, turn), true);
  if (!full.startsWith(head)) throw notIncremental(turn);
  const begin = head.length;
  const known = knownEndings.get(template);
  const quick = known === undefined ? undefined : spanAt(full, begin, content, known);
  if (quick !== undefined) return quick;
  const until = messages.slice(0, turn + 1);
  const last = until.length === messages.length;
  const through = last ? full : render(tokenizer, template, until, false);
  const ending = endingOf(tokenizer, template, until, through);
  if (ending !== '') knownEndings.set(template, ending);
  const contentEnd = through.length - ending.length;
  if (contentEnd < begin || !through.startsWith(head)) throw notIncremental(turn);
  if (full.startsWith(through)) return { begin, contentEnd, end: through.length };
  // Some templates write an answer differently once others follow (thinking blocks are dropped). Then the
  // turn is found by its own text followed by the same ending, right where the prompt stops.
  const span = spanAt(full, begin, content, ending);
  if (span !== undefined) return span;
  throw notIncremental(turn);
}

/** The span without the beginning of the answer that is no target, where the template has written it. */
function behindUntrained(span: Span, { content, untrained = 0 }: ChatMessage, full: string): Span {
  if (untrained === 0) return span;
  const trained = content.slice(untrained).trim();
  const at = full.lastIndexOf(trained, span.contentEnd - trained.length);
  return at > span.begin ? { ...span, begin: at } : span;
}

/**
 * Encodes one conversation for training.
 * @throws StudioError `template-not-incremental`, `template-…`, `text-lone-surrogate`.
 */
export function encodeConversation(
  tokenizer: TextTokenizer,
  template: ChatTemplate,
  record: Conversation,
  options: EncodeOptions,
): EncodedConversation {
  const { messages } = record;
  const full = render(tokenizer, template, messages, false);
  const all = tokenizer.encode(full);
  const spans: Span[] = [];
  messages.forEach((message, turn) => {
    if (message.role !== 'assistant' || message.train === false) return;
    spans.push(
      behindUntrained(answerSpan(tokenizer, template, messages, turn, full), message, full),
    );
  });
  const offsets = spans.flatMap(({ begin, contentEnd, end }) => [begin, contentEnd, end]);
  const cuts = tokenizer.cut(full, all, offsets);

  const isTarget = new Uint8Array(all.length);
  let turnsWithoutEnd = 0;
  spans.forEach((_span, index) => {
    const [begin, contentEnd, end] = cuts.slice(3 * index, 3 * index + 3);
    if (begin === undefined || contentEnd === undefined || end === undefined) return;
    // A token that reaches back into the prompt is not the answer's alone: generation never emits it.
    const first = begin.clean ? begin.before : begin.before + 1;
    let stop = contentEnd.before;
    while (stop < end.before && !endsTurn(tokenizer, all[stop])) stop += 1;
    const ended = stop < end.before;
    if (!ended) turnsWithoutEnd += 1;
    isTarget.fill(1, first, ended ? stop + 1 : contentEnd.before);
  });
  if (options.labels === 'released') addFrameTargets(tokenizer, all, isTarget);

  const length = Math.min(all.length, options.maxLength);
  const ids = all.slice(0, length);
  const labels = new Int32Array(length).fill(NO_TARGET);
  let targets = 0;
  for (let t = 0; t < length; t++) {
    if (isTarget[t] !== 1) continue;
    labels[t] = ids[t] as number;
    if (t > 0) targets += 1;
  }
  return { ids, labels, truncated: length < all.length, targets, turnsWithoutEnd };
}

function endsTurn(tokenizer: TextTokenizer, id: number | undefined): boolean {
  return id !== undefined && (tokenizer.eosIds.includes(id) || tokenizer.isSpecial(id));
}

/** Marks special tokens everywhere, and a line break that directly follows an end-of-turn token. */
function addFrameTargets(tokenizer: TextTokenizer, ids: Uint32Array, isTarget: Uint8Array): void {
  for (let t = 0; t < ids.length; t++) {
    const id = ids[t] as number;
    if (!tokenizer.isSpecial(id)) continue;
    isTarget[t] = 1;
    const opens = tokenizer.tokenText(id) === '<|im_start|>' || id === tokenizer.bosId;
    const following = ids[t + 1];
    if (opens || following === undefined) continue;
    if (tokenizer.tokenText(following) === '\n') isTarget[t + 1] = 1;
  }
}

/** The tokens that a model continues with its answer: the conversation with the generation prompt. */
export function encodePrompt(
  tokenizer: TextTokenizer,
  template: ChatTemplate,
  messages: readonly ChatMessage[],
): Uint32Array<ArrayBuffer> {
  return tokenizer.encode(render(tokenizer, template, messages, true));
}

/**
 * Ids that end an answer with this template: the tokenizer's own end tokens and the token that the
 * template writes after an answer (`<|im_end|>` with ChatML, also where the model's end token differs).
 */
export function stopIds(tokenizer: TextTokenizer, template: ChatTemplate): readonly number[] {
  const messages: readonly ChatMessage[] = [
    { role: 'user', content: 'Question' },
    { role: 'assistant', content: 'Answer' },
  ];
  const options = { labels: 'assistant', maxLength: Number.MAX_SAFE_INTEGER } as const;
  const { ids, labels, turnsWithoutEnd } = encodeConversation(
    tokenizer,
    template,
    { messages },
    options,
  );
  const stops = new Set(tokenizer.eosIds);
  const last = labels.findLastIndex((label) => label !== NO_TARGET);
  const id = ids[last];
  if (turnsWithoutEnd === 0 && id !== undefined) stops.add(id);
  return [...stops];
}

/**
 * Finds the answers of a conversation in its rendered text. Most templates keep the text before an answer as it
 * was when the answer was asked for; then the answer begins where that prompt ends. Other templates open a
 * thinking block in the prompt, cut reasoning off, or count the turns. There the answer is found by rendering the
 * conversation with other answers in its place: the text that these renderings share is the template's.
 */
import { fault, StudioError } from '../../faults/fault.ts';
import type { ChatTemplate } from '../template/chat-template.ts';
import type { AnswerPlace, Rendering } from './answer-place.ts';
import { MANY_ANSWERS, placesOfMany } from './many-answers.ts';
import { renderWith } from '../template/render-with.ts';
import { commonEnd, commonStart } from './shared-text.ts';
import { PROBES, turnEnd } from '../template/turn-end.ts';

type Place = Omit<AnswerPlace, 'unseenPrompt'>;

function notLocated(turn: number): StudioError {
  return fault('answer-not-located', { turn });
}

/** Most answers times turns: beyond it, locating answers one by one takes longer than any text may. */
const MAX_ONE_BY_ONE = 40_000;

function tooManyTurns(turns: number): StudioError {
  return fault('answer-turns', { turns });
}

/** The first turns as the template renders them, with or without the prompt for the next answer. */
function first({ tokenizer, template, messages }: Rendering, turns: number, asks: boolean): string {
  return turns === 0 ? '' : renderWith(tokenizer, template, messages.slice(0, turns), asks);
}

/** The text that `make` renders; undefined where the template refuses, as some refuse part of a conversation. */
function ifTaken<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch (error) {
    if (error instanceof StudioError) return undefined;
    throw error;
  }
}

/**
 * The text that the template writes after the answer at the end of the first turns (`<|im_end|>\n` with ChatML):
 * the part at the end that stays when the answer is replaced by one that ends in another character.
 */
function endingOf(rendering: Rendering, turn: number, through: string): string {
  const { tokenizer, template, messages } = rendering;
  const content = messages[turn]?.content ?? '';
  const lastCharacters = [content.at(-1), content.trimEnd().at(-1)];
  const probe = ['0', '1', '2'].find((character) => !lastCharacters.includes(character)) ?? '0';
  const changed = [...messages.slice(0, turn), { role: 'assistant', content: probe } as const];
  const other = renderWith(tokenizer, template, changed, false);
  return through.slice(through.length - commonEnd(through, other));
}

/** Endings found so far: with them an answer is found in the full text without another rendering. */
const knownEndings = new WeakMap<ChatTemplate, string>();

/** The place of an answer that is written unchanged, followed by `ending`, right where the prompt stops. */
function placeAt(text: string, begin: number, content: string, ending: string): Place | undefined {
  for (const body of [content, content.trim()]) {
    if (body === '' || !text.startsWith(body + ending, begin)) continue;
    const contentEnd = begin + body.length;
    return { begin, contentEnd, end: contentEnd + ending.length };
  }
  return undefined;
}

/** The place of an answer whose prompt is the beginning of the whole text; undefined where it is not. */
function placeAfterPrompt(rendering: Rendering, turn: number, head: string): Place | undefined {
  const { template, messages, text } = rendering;
  if (!text.startsWith(head)) return undefined;
  const content = messages[turn]?.content ?? '';
  const begin = head.length;
  const known = knownEndings.get(template);
  const quick = known === undefined ? undefined : placeAt(text, begin, content, known);
  if (quick !== undefined) return quick;
  const last = turn + 1 === messages.length;
  const through = last ? text : first(rendering, turn + 1, false);
  const ending = endingOf(rendering, turn, through);
  if (ending !== '') knownEndings.set(template, ending);
  const contentEnd = through.length - ending.length;
  if (contentEnd < begin || !through.startsWith(head)) return undefined;
  if (text.startsWith(through)) return { begin, contentEnd, end: through.length };
  // Some templates write an answer differently once others follow (thinking blocks are dropped). Then the
  // turn is found by its own text followed by the same ending, right where the prompt stops.
  return placeAt(text, begin, content, ending);
}

/**
 * Where an answer begins whose text is at `at`: after the prompt for it, where the text has that prompt.
 * Text that the template always writes between prompt and answer must be generated too, so it is the answer's.
 */
function beginAt(
  rendering: Rendering,
  turn: number,
  at: number,
): Pick<AnswerPlace, 'begin' | 'unseenPrompt'> {
  const { messages, text } = rendering;
  const head = ifTaken(() => first(rendering, turn, true)) ?? '';
  const bare = ifTaken(() => first(rendering, turn, false)) ?? '';
  const prompt = head.slice(commonStart(head, bare));
  if (prompt === '') return { begin: at, unseenPrompt: '' };
  const asked = messages[turn - 1]?.content.trim() ?? '';
  const place = text.lastIndexOf(prompt, at - prompt.length);
  const behind = place + prompt.length;
  if (place >= 0 && (asked === '' || !text.slice(behind, at).includes(asked))) {
    return { begin: behind, unseenPrompt: '' };
  }
  // The prompt may end inside the answer, with a thinking block that the answer has too.
  for (let shared = prompt.length - 1; shared > 0; shared -= 1) {
    if (!text.startsWith(prompt.slice(0, shared), at - shared)) continue;
    const rest = prompt.slice(shared);
    return text.startsWith(rest, at)
      ? { begin: at + rest.length, unseenPrompt: '' }
      : { begin: at, unseenPrompt: rest };
  }
  return { begin: at, unseenPrompt: prompt };
}

/** The place of an answer, by the text that stays when the answer is replaced; undefined where that shows none. */
function placeByExchange(rendering: Rendering, turn: number): AnswerPlace | undefined {
  const { tokenizer, template, messages, text } = rendering;
  const [a = '', b = ''] = PROBES.map((content) =>
    renderWith(tokenizer, template, messages.with(turn, { role: 'assistant', content }), false),
  );
  const start = commonStart(a, b);
  const tail = commonEnd(a, b);
  // The answer appears twice, changed, or not at all, so that no single place is its own.
  if (a.slice(start, a.length - tail) !== PROBES[0]) return undefined;
  const at = Math.min(start, commonStart(text, a));
  const rest = Math.min(tail, commonEnd(text, a));
  const contentEnd = text.length - rest;
  if (at > contentEnd) return undefined;
  // The text that a template writes around an answer may depend on it, but other turns do not belong to it.
  const [before, behind] = [messages[turn - 1], messages[turn + 1]].map(
    (message) => message?.content.trim() ?? '',
  );
  if (before && a.slice(at, start).includes(before)) return undefined;
  if (behind && a.slice(a.length - tail, a.length - rest).includes(behind)) return undefined;
  const last = turn + 1 === messages.length;
  const ending = turnEnd(tokenizer, template).text;
  const end = last ? text.length : contentEnd + commonStart(text.slice(contentEnd), ending);
  return { ...beginAt(rendering, turn, at), contentEnd, end };
}

/** The place of an answer that the template itself marks as generated. */
function placeOfMark(
  rendering: Rendering,
  turn: number,
  mark: { readonly begin: number; readonly end: number },
): AnswerPlace {
  const { tokenizer, template, messages, text } = rendering;
  const { begin } = mark;
  const inside = text.slice(begin, mark.end);
  const content = messages[turn]?.content.trim() ?? '';
  const ending = turnEnd(tokenizer, template).text;
  const ended = [ending, ending.trimEnd()].find((part) => part !== '' && inside.endsWith(part));
  // An answer may also occur inside the ending, as "|>" does in `<|im_end|>`.
  const body = inside.slice(0, inside.length - (ended?.length ?? 0));
  const own = content === '' ? -1 : body.lastIndexOf(content);
  const contentEnd = begin + (own >= 0 ? own + content.length : body.length);
  const end = mark.end + (ended ? 0 : commonStart(text.slice(mark.end), ending));
  return { begin, contentEnd, end, unseenPrompt: beginAt(rendering, turn, begin).unseenPrompt };
}

/**
 * Places of the answers at these turns, ascending.
 * @param prefixOnly as in runs that began before answers were located by replacing them: every prompt has to be
 *     the beginning of the whole text
 * @throws StudioError `answer-not-located`
 */
export function answerPlaces(
  rendering: Rendering,
  turns: readonly number[],
  prefixOnly = false,
): AnswerPlace[] {
  const marks = prefixOnly ? null : marksOf(rendering);
  const locate = (turn: number): AnswerPlace => {
    const mark = marks?.get(turn);
    if (mark) return placeOfMark(rendering, turn, mark);
    const afterPrompt = (): Place | undefined =>
      placeAfterPrompt(rendering, turn, first(rendering, turn, true));
    const place = prefixOnly ? afterPrompt() : ifTaken(afterPrompt);
    if (place) return { ...place, unseenPrompt: '' };
    const exchanged = prefixOnly ? undefined : placeByExchange(rendering, turn);
    if (exchanged) return exchanged;
    throw notLocated(turn);
  };
  if (prefixOnly || turns.length < MANY_ANSWERS) return turns.map(locate);
  const places = placesOfMany(rendering, turns, locate);
  if (places) return places;
  const { messages } = rendering;
  if (turns.length * messages.length > MAX_ONE_BY_ONE) throw tooManyTurns(messages.length);
  return turns.map(locate);
}

/** The text that the template marks as generated, by turn; null where it does not mark every answer. */
function marksOf({ tokenizer, template, messages, text }: Rendering) {
  const { bosToken, eosToken } = tokenizer;
  const options = { addGenerationPrompt: false, bosToken, eosToken };
  const marks = template.generated(messages, options, text);
  const turns = messages.flatMap(({ role }, turn) => (role === 'assistant' ? [turn] : []));
  if (marks.length !== turns.length) return null;
  return new Map(turns.flatMap((turn, i) => (marks[i] ? [[turn, marks[i]] as const] : [])));
}

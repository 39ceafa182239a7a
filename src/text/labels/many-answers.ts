/**
 * Finds the answers of a long conversation without one rendering for each of them. All but the outermost are
 * replaced by stand-ins at once; the template's text between the stand-ins must then be found again around the
 * answers themselves. The outermost four are located one by one and show what belongs to an answer beside its
 * text.
 */
import type { AnswerPlace, Rendering } from './answer-place.ts';
import { reasoningIn } from '../template/reasoning.ts';
import { renderWith } from '../template/render-with.ts';

/** Conversations with fewer answers have them located one by one. */
export const MANY_ANSWERS = 12;

/** Private-use characters, with the number of the turn between them. */
const OPEN = '\ue0f2';
const standIn = (turn: number): string => `${OPEN}${turn}\ue0f3`;

/** An answer's text, as the template may write it. */
function bodies(content: string): string[] {
  const trimmed = content.trim();
  if (reasoningIn(content) === '') return [content, trimmed];
  return [
    content,
    trimmed,
    content
      .slice(content.lastIndexOf('</'))
      .replace(/^<[^>]*>/, '')
      .trim(),
  ];
}

/** Where the text of each answer begins and ends; undefined where the text is not written as expected. */
function bodiesIn(rendering: Rendering, turns: readonly number[]) {
  const { tokenizer, template, messages, text } = rendering;
  if (text.includes(OPEN)) return undefined;
  const exchanged = new Set(turns);
  const stood = messages.map((message, turn) =>
    exchanged.has(turn) ? { ...message, content: standIn(turn) } : message,
  );
  let rest = renderWith(tokenizer, template, stood, false);
  const frames: string[] = [];
  for (const turn of turns) {
    const [frame = '', behind, ...more] = rest.split(standIn(turn));
    if (behind === undefined || more.length > 0 || frame.includes(OPEN)) return undefined;
    frames.push(frame);
    rest = behind;
  }
  frames.push(rest);
  if (rest.includes(OPEN) || !text.startsWith(frames[0] ?? '')) return undefined;
  let at = frames[0]?.length ?? 0;
  const found = new Map<number, { readonly at: number; readonly end: number }>();
  for (const [i, turn] of turns.entries()) {
    const frame = frames[i + 1] ?? '';
    const written = bodies(messages[turn]?.content ?? '').find(
      (body) =>
        body !== '' && text.startsWith(body, at) && text.startsWith(frame, at + body.length),
    );
    if (written === undefined) return undefined;
    const end = at + written.length;
    found.set(turn, { at, end });
    at = end + frame.length;
  }
  return at === text.length ? found : undefined;
}

/**
 * The places of many answers; undefined where the template does not write all of them alike.
 * @param locate finds one answer by itself
 */
export function placesOfMany(
  rendering: Rendering,
  turns: readonly number[],
  locate: (turn: number) => AnswerPlace,
): AnswerPlace[] | undefined {
  const { text } = rendering;
  const [first, second, ...others] = turns;
  const last = others.pop();
  const lastButOne = others.at(-1);
  if (first === undefined || second === undefined) return undefined;
  if (last === undefined || lastButOne === undefined) return undefined;
  const found = bodiesIn(rendering, [second, ...others]);
  if (found === undefined) return undefined;
  const [one, other] = [second, lastButOne].map((turn) => {
    const place = locate(turn);
    const { at = NaN, end = NaN } = found.get(turn) ?? {};
    return {
      place,
      lead: text.slice(place.begin, at),
      ending: text.slice(end, place.end),
      before: at - place.begin,
      behind: place.contentEnd - end,
    };
  });
  const alike =
    one?.place.unseenPrompt === other?.place.unseenPrompt &&
    one?.lead === other?.lead &&
    one?.ending === other?.ending &&
    one?.before === other?.before &&
    one?.behind === other?.behind;
  if (!one || !alike || !(one.before >= 0) || !(one.behind >= 0)) return undefined;
  const { lead, ending, before, behind } = one;
  const between: AnswerPlace[] = [];
  for (const { at, end } of found.values()) {
    if (!text.startsWith(lead, at - before) || !text.startsWith(ending, end)) return undefined;
    between.push({
      begin: at - before,
      contentEnd: end + behind,
      end: end + ending.length,
      unseenPrompt: one.place.unseenPrompt,
    });
  }
  return [locate(first), ...between, locate(last)];
}

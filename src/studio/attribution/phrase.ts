/** Finds words selected on the page, which shows Markdown, in the answer as the model wrote it. */

/** A phrase as it stands in an answer, with what is before it. */
export interface FoundPhrase {
  readonly before: string;
  readonly phrase: string;
}

/** White space, and signs of Markdown that the page shows as form: never letters, figures or emoji. */
const FORM = /[\s*_~`#>|\\[\]()<\-+:=!]/;
/** Characters without a look, and the marks with which the page shows them. */
const UNSEEN = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]|\p{Cc}|⟨U\+[0-9A-F]{4,6}⟩/gu;

/** A line that begins or ends a block of code, with the language named after it. */
const FENCE = /^[ \t>]*(`{3,}|~{3,})[^\n]*$/;
/** What begins an item of a list: its sign or number, and the box of a task. The page draws them. */
const ITEM = /^[\s>]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t])?/;

/** The characters of a text that no form adds or hides, with the place of each. */
interface Bare {
  readonly text: string;
  readonly places: readonly number[];
}

/**
 * The place of a phrase in an answer, white space and marks of Markdown left aside; null where it does not stand there.
 * @param beforeOnPage what the page shows before the phrase, which tells apart phrases that occur more than once
 */
export function phraseIn(
  answer: string,
  phrase: string,
  beforeOnPage: string | null = null,
): FoundPhrase | null {
  const wanted = phrase.trim();
  if (wanted === '') return null;
  const at = answer.indexOf(wanted);
  const exact = at < 0 ? null : cut(answer, at, at + wanted.length);
  if (exact && beforeOnPage === null) return exact;
  const needle = bare(wanted).text;
  if (needle === '') return exact;
  const expected = bare(beforeOnPage ?? '').text.length;
  // A number that begins a line is mostly drawn by a list; in the middle of a paragraph it is text.
  for (const whole of [bare(withoutDrawn(answer)), bare(answer)]) {
    const place = nearest(whole.text, needle, expected);
    const from = whole.places[place];
    const last = whole.places[place + needle.length - 1];
    if (from !== undefined && last !== undefined) return cut(answer, from, last + 1);
  }
  return exact;
}

function cut(answer: string, from: number, to: number): FoundPhrase {
  return { before: answer.slice(0, from), phrase: answer.slice(from, to) };
}

/** Of all places where a text contains another, the one nearest to a place; −1 where there is none. */
function nearest(text: string, part: string, to: number): number {
  let best = -1;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) {
    if (best >= 0 && Math.abs(at - to) >= Math.abs(best - to)) break;
    best = at;
  }
  return best;
}

function bare(text: string): Bare {
  const seen = text.replace(UNSEEN, blank);
  const places: number[] = [];
  let kept = '';
  for (let at = 0; at < seen.length; at += 1) {
    const sign = seen.charAt(at);
    if (FORM.test(sign)) continue;
    kept += sign;
    places.push(at);
  }
  return { text: kept, places };
}

/** An answer with blanks for what the page draws by itself: numbers and signs of lists, the lines around code. */
function withoutDrawn(answer: string): string {
  let fence: string | null = null;
  const lines = answer.split('\n').map((line) => {
    const opened = FENCE.exec(line)?.[1];
    if (fence !== null) {
      if (opened?.startsWith(fence) !== true) return line;
      fence = null;
      return blank(line);
    }
    if (opened === undefined) return line.replace(ITEM, blank);
    fence = opened;
    return blank(line);
  });
  return lines.join('\n');
}

const blank = (text: string): string => ' '.repeat(text.length);

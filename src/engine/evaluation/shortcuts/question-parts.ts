/** The parts of a question's text: its case, what is asked, its options, and what follows them. */

export interface Option {
  readonly letter: string;
  /** Before the letter's text, as written: "B. ", "（B）". */
  readonly mark: string;
  readonly text: string;
}

export interface QuestionParts {
  /** The text above the options; the whole prompt where it has none. */
  readonly stem: string;
  readonly options: readonly Option[];
  /** Lines after the last option. */
  readonly rest: string;
}

const OPTION = /^(\s*[(（]?([A-Z])\s*[.)、:：．）]\s*)(.*)$/u;

/**
 * The options that a prompt lists, a line each and in the order of their letters; a line without a letter belongs to the
 * option above it, but for lines after the last. Null where the prompt does not list all of them.
 */
export function partsOf(prompt: string, letters: readonly string[]): QuestionParts | null {
  const lines = prompt.split('\n');
  const matches = lines.map((line) => OPTION.exec(line));
  const starts = startsOf(matches, letters);
  if (!starts) return null;
  const options = starts.map((start, i): Option => {
    const [, mark = '', letter = '', first = ''] = matches[start] ?? [];
    const end = starts[i + 1] ?? start + 1;
    return { letter, mark, text: [first, ...lines.slice(start + 1, end)].join('\n') };
  });
  const [first = 0] = starts;
  return {
    stem: lines.slice(0, first).join('\n'),
    options,
    rest: lines.slice((starts.at(-1) ?? first) + 1).join('\n'),
  };
}

/** The lines that begin the options: the last run of lines with all letters in their order. */
function startsOf(
  matches: readonly (RegExpExecArray | null)[],
  letters: readonly string[],
): number[] | null {
  const starts: number[] = [];
  let until = matches.length;
  for (const letter of [...letters].reverse()) {
    const at = matches.findLastIndex((match, line) => line < until && match?.[2] === letter);
    if (at < 0) return null;
    starts.unshift(at);
    until = at;
  }
  return letters.length > 1 ? starts : null;
}

/** The prompt of these parts. */
export function promptOf({ stem, options, rest }: QuestionParts): string {
  return [
    ...(stem === '' ? [] : [stem]),
    ...options.map(({ mark, text }) => `${mark}${text}`),
    ...(rest === '' ? [] : [rest]),
  ].join('\n');
}

/** Fewest characters of a case: what is shorter says little that an answer could rest on. */
const SHORTEST_CASE = { latin: 40, han: 12 } as const;
const ASKS = /[?？]["”’)）]?\s*$/u;
const LABELLED = /^\s*(?:question|问题|问)\s*[:：]/iu;

/**
 * What is asked, without the case above or below it; null where there is no case worth the name. A labelled line
 * ("Question: …") is what is asked; else a first line that asks, or ends with a colon, above other lines; else the
 * last sentence.
 */
export function withoutCase(stem: string): string | null {
  const asked = askedIn(stem.trim());
  const removed = stem.trim().length - asked.length;
  const least = /\p{Script=Han}/u.test(stem) ? SHORTEST_CASE.han : SHORTEST_CASE.latin;
  return asked !== '' && removed >= least ? asked : null;
}

function askedIn(stem: string): string {
  const lines = stem.split('\n').filter((line) => line.trim() !== '');
  const [first = '', ...others] = lines;
  const labelled = lines.find((line) => LABELLED.test(line));
  if (labelled !== undefined) return labelled.trim();
  const leads = ASKS.test(first) || /[:：]\s*$/u.test(first);
  if (others.length > 0 && leads && !ASKS.test(others.at(-1) ?? '')) return first.trim();
  if (
    others.length > 0 &&
    /[.。]\s*$/u.test(first) &&
    /^[\p{L} ]{2,20}[:：]/u.test(others[0] ?? '')
  ) {
    return first.trim();
  }
  return (
    sentencesOf(lines.at(-1) ?? '')
      .at(-1)
      ?.trim() ?? ''
  );
}

/** Sentences with their signs; an abbreviation or a decimal point ends none. */
function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.?!]["”’)]?)\s+(?=["“(]?\p{Lu})|(?<=[。？！])/u)
    .filter((part) => part.trim() !== '');
}

/** Reads a written answer as a person would: option letters, or a label. */
import { CueReader, type Plainness, type Statement } from './answer-cues.ts';
import { labelFinder, type LabelFinder } from './answer-labels.ts';
import {
  polarityOf,
  sentenceSays,
  signIn,
  withOtherWords,
  type Polarity,
} from './answer-polarity.ts';
import { plainAnswer, tokenise, type Answerable, type Token } from './answer-tokens.ts';

/** The most characters that are read, from the beginning of an answer and from its end. */
const LONGEST = 20_000;

/**
 * What decided how an answer was read: the plainest kind of statement in it. `undecided`: it leaves the choice open;
 * `no-option`: it names a letter that is none of the options; `nothing`: it names none.
 */
export type ReadBy = Plainness | 'undecided' | 'no-option' | 'nothing';

/** The letters of a written answer, and what shows them. */
export interface ReadLetters {
  /** Sorted; none where it gives none or a letter that is no option. */
  readonly letters: string[];
  readonly by: ReadBy;
  /** The words that decided; empty where nothing did. */
  readonly quote: string;
}

/** Reads the letters that a written answer gives, and says why. */
export function readLetters(written: string, choices: readonly string[]): ReadLetters {
  const letters = new Set(choices);
  const { values, undecided, by } = readAnswer(written, { kind: 'letters', letters }, choices);
  const quote = by?.quote ?? '';
  if (values.length === 0 || !by) {
    return { letters: [], by: undecided ? 'undecided' : 'nothing', quote };
  }
  if (!values.every((letter) => letters.has(letter)))
    return { letters: [], by: 'no-option', quote };
  return { letters: [...new Set(values)].sort(), by: by.plainness, quote };
}

/** Letters that a written answer gives, sorted; none where it gives none or a letter that is no option. */
export const statedLetters = (written: string, choices: readonly string[]): string[] =>
  readLetters(written, choices).letters;

interface KnownLabels {
  readonly byForm: ReadonlyMap<string, string>;
  readonly find: LabelFinder;
  readonly polarity: Polarity | null;
}

/** Labels of a task, prepared once for all its answers. */
const prepared = new WeakMap<ReadonlySet<string>, KnownLabels>();

function prepare(labels: ReadonlySet<string>): KnownLabels {
  const before = prepared.get(labels);
  if (before) return before;
  const polarity = polarityOf(labels);
  const find = labelFinder(labels, plainAnswer);
  const known = {
    byForm: new Map([...labels].map((label) => [plainForm(label), label])),
    find: polarity ? withOtherWords(find, polarity) : find,
    polarity,
  };
  prepared.set(labels, known);
  return known;
}

function plainForm(text: string): string {
  return text
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/[.。]+$/, '')
    .toLowerCase();
}

/**
 * The label that a written answer gives: the whole answer or its first line where that is a label, else the
 * label it states. Null where it gives none, or more than one.
 */
export function statedLabel(written: string, labels: ReadonlySet<string>): string | null {
  const { byForm, find, polarity } = prepare(labels);
  const [firstLine = ''] = written.trim().split('\n', 1);
  const sign = polarity ? signIn(written, polarity) : null;
  const whole = byForm.get(plainForm(written)) ?? byForm.get(plainForm(firstLine)) ?? sign;
  if (whole !== null) return whole;
  const { values, denied, undecided, plain } = readAnswer(written, { kind: 'labels', find }, []);
  if (values.length > 0) return values.length === 1 ? (values[0] ?? null) : null;
  if (undecided || !polarity) return null;
  const { yes, no, onlyTwo } = polarity;
  if (HEDGED.test(plain)) return null;
  if (denied.length === 1 && onlyTwo) return denied[0] === yes ? no : yes;
  return denied.length === 0 ? sentenceSays(plain, polarity) : null;
}

/** What an answer states, and what it only denies. */
interface Said {
  readonly values: readonly string[];
  readonly denied: readonly string[];
  /** It names several labels and chooses none. */
  readonly undecided: boolean;
  /** The statement that decided. */
  readonly by: Statement | null;
}

function readAnswer(
  written: string,
  what: Answerable,
  choices: readonly string[],
): Omit<Said, 'by'> & { readonly plain: string; readonly by: Deciding | null } {
  const whole = plainAnswer(clip(written));
  // A question repeated before its answer names the labels that it asks about.
  const plain = what.kind === 'labels' ? whole.replace(REPEATED, '') : whole;
  const tokens = tokenise(plain, what);
  const said = decide(statementsOf(new CueReader(tokens, choices), choices));
  return { ...said, plain, by: said.by && { ...said.by, quote: wordsOf(said.by, tokens) } };
}

interface Deciding extends Statement {
  readonly quote: string;
}

const LONGEST_QUOTE = 200;

/** The words of a statement, as they stand in the answer. */
function wordsOf({ from, next }: Statement, tokens: readonly Token[]): string {
  const words = tokens
    .slice(from, Math.max(next, from + 1))
    .map(({ text, gap }, i) => (gap && i > 0 ? ` ${text}` : text));
  return words.join('').trim().slice(0, LONGEST_QUOTE);
}

/** Words that deny without stating the opposite. */
const HEDGED =
  /不一定|未必|不见得|不全|不总|不完全|not (?:necessarily|always|entirely|sure|certain|clear)/iu;
const REPEATED = /^[^.。!?\n]{1,300}\?\s*(?=\S)/u;

function clip(text: string): string {
  return text.length <= 2 * LONGEST ? text : `${text.slice(0, LONGEST)}\n${text.slice(-LONGEST)}`;
}

function statementsOf(reader: CueReader, choices: readonly string[]): Statement[] {
  const { grammar } = reader;
  const found: Statement[] = [];
  const first = firstLines(reader, choices);
  if (first.statement) found.push(first.statement);
  let i = 0;
  while (!grammar.is(i, 'end')) {
    const last = found.at(-1);
    const taken = last && last.from < i ? grammar.takenBack(i) : null;
    const next: Statement | null = taken
      ? {
          ...grammar.tail({ ...taken, denied: [] }),
          ...{ plainness: 'stated', adds: false, from: i, holds: 'always' },
        }
      : (reader.statement(i) ?? reader.verdict(i));
    if (next && (next.values.length > 0 || next.denied.length > 0 || next.open)) {
      found.push(last && isOtherCase(last, next, reader) ? { ...next, open: true } : next);
      i = Math.max(next.next, i + 1);
    } else i += 1;
  }
  // A label in the first line is the answer; what the model writes below it is not.
  const settled = choices.length === 0 && first.statement !== null;
  const closing = settled ? null : lastLine(reader);
  if (closing && closing.from >= first.next) found.push(closing);
  return found;
}

/** "adults choose A, children choose B": each holds in one case only. */
function isOtherCase(last: Statement, next: Statement, { grammar }: CueReader): boolean {
  if (last.holds !== 'in-a-case' || next.holds !== 'in-a-case') return false;
  if (next.values.length === 0 || next.values.every((value) => last.values.includes(value)))
    return false;
  for (let at = last.next; at < next.from; at += 1) {
    if (grammar.isEnd(at) && grammar.at(at).text !== ';') return false;
  }
  return true;
}

/** The answer alone at the beginning; options on separate lines count as one answer. */
function firstLines(
  reader: CueReader,
  choices: readonly string[],
): { readonly statement: Statement | null; readonly next: number } {
  const statement = reader.alone(0);
  if (!statement || statement.values.length === 0) return { statement, next: 0 };
  const { next } = statement;
  if (choices.length === 0) return { statement, next };
  const start = reader.grammar.skip(0, 'line', 'right', 'option', 'filler', 'box');
  const lines = reader.lines(start);
  if (!lines || lines.values.length <= statement.values.length) return { statement, next };
  // All options one after the other repeat the question.
  const echo = choices.every((choice) => lines.values.includes(choice));
  return { statement: echo ? null : { ...statement, values: lines.values }, next: lines.next };
}

/** A last line that is nothing but the answer. */
function lastLine(reader: CueReader): Statement | null {
  const { grammar } = reader;
  let end = 0;
  while (!grammar.is(end, 'end')) end += 1;
  while (end > 0 && grammar.isEnd(end - 1)) end -= 1;
  let start = end;
  while (start > 0 && !grammar.is(start - 1, 'line')) start -= 1;
  if (start === 0) return null;
  const alone = reader.alone(start);
  return alone && alone.next >= end ? alone : null;
}

const ORDER: readonly Plainness[] = ['stated', 'alone', 'implied', 'doubtful'];

/** The plainest kind of statement decides: its last statement, with any that add to it. */
function decide(statements: readonly Statement[]): Said {
  const denied = [...new Set(statements.flatMap((statement) => statement.denied))];
  let open = false;
  for (const plainness of ORDER) {
    const own = statements.filter((statement) => statement.plainness === plainness);
    if (!own.some(({ values, open }) => values.length > 0 || open)) continue;
    const given = new Set(own.map((said) => [...said.values].sort().join('\n')));
    // Two values that each hold on a condition, or two that the question names.
    if (plainness === 'doubtful' && given.size > 1)
      return { values: [], denied, undecided: true, by: own.at(-1) ?? null };
    let values: readonly string[] = [];
    let undecided = false;
    let by: Statement | null = null;
    for (const said of own) {
      if (said.open || said.values.length > 0) by = said;
      const kept = values.filter((value) => !said.denied.includes(value));
      if (said.open) values = [];
      else if (said.values.length > 0) values = said.adds ? [...kept, ...said.values] : said.values;
      else values = kept;
      undecided = said.open;
    }
    open ||= undecided;
    // "C or D are plausible, but D is correct": the beginning leaves the choice open, the rest decides it.
    if (undecided && plainness === 'alone') continue;
    return { values: [...new Set(values)], denied, undecided, by };
  }
  return { values: [], denied, undecided: open, by: null };
}

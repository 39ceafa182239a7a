/** What a written answer says, as somebody reading it would take it: option letters, or a label. */
import { CueReader, type Plainness, type Statement } from './answer-cues.ts';
import { labelFinder, type LabelFinder } from './answer-labels.ts';
import { plainAnswer, tokenise, type Answerable } from './answer-tokens.ts';

/** Longest part of an answer that is read, in characters from its beginning and from its end. */
const LONGEST = 20_000;

/** Letters that a written answer gives, sorted; none where it gives none, or one that is no choice. */
export function statedLetters(written: string, choices: readonly string[]): string[] {
  const letters = new Set(choices);
  const said = readAnswer(written, { kind: 'letters', letters }, choices);
  return said.every((letter) => letters.has(letter)) ? [...new Set(said)].sort() : [];
}

interface KnownLabels {
  readonly byForm: ReadonlyMap<string, string>;
  readonly find: LabelFinder;
}

/** Labels of a task, prepared once for all of its answers. */
const prepared = new WeakMap<ReadonlySet<string>, KnownLabels>();

function prepare(labels: ReadonlySet<string>): KnownLabels {
  const known = prepared.get(labels) ?? {
    byForm: new Map([...labels].map((label) => [plainForm(label), label])),
    find: labelFinder(labels, plainAnswer),
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
 * The label that a written answer gives: the answer itself or its first line where that is one, else what it
 * says. Null where it gives none, or more than one.
 */
export function statedLabel(written: string, labels: ReadonlySet<string>): string | null {
  const { byForm, find } = prepare(labels);
  const [firstLine = ''] = written.trim().split('\n', 1);
  const whole = byForm.get(plainForm(written)) ?? byForm.get(plainForm(firstLine));
  if (whole !== undefined) return whole;
  const said = readAnswer(written, { kind: 'labels', find }, []);
  return said.length === 1 ? (said[0] ?? null) : null;
}

function readAnswer(
  written: string,
  what: Answerable,
  choices: readonly string[],
): readonly string[] {
  const plain = plainAnswer(clip(written));
  const reader = new CueReader(tokenise(plain, what), choices);
  return decide(statementsOf(reader, choices));
}

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
      ? { ...grammar.tail({ ...taken, denied: [] }), plainness: 'stated', adds: false, from: i }
      : (reader.statement(i) ?? reader.verdict(i));
    if (next && (next.values.length > 0 || next.denied.length > 0)) {
      found.push(next);
      i = Math.max(next.next, i + 1);
    } else i += 1;
  }
  // A label in the first line is the answer; what a model goes on writing below it is not.
  const settled = choices.length === 0 && first.statement !== null;
  const closing = settled ? null : lastLine(reader);
  if (closing && closing.from >= first.next) found.push(closing);
  return found;
}

/** The answer alone at the beginning; options on lines of their own are one answer. */
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
  // All options one after the other are the question again.
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

/** The plainest kind of statement decides; among its statements the last, with what adds to it. */
function decide(statements: readonly Statement[]): readonly string[] {
  for (const plainness of ORDER) {
    const own = statements.filter((statement) => statement.plainness === plainness);
    if (!own.some(({ values, open }) => values.length > 0 || open)) continue;
    let values: readonly string[] = [];
    for (const said of own) {
      const kept = values.filter((value) => !said.denied.includes(value));
      if (said.open) values = [];
      else if (said.values.length > 0) values = said.adds ? [...kept, ...said.values] : said.values;
      else values = kept;
    }
    return [...new Set(values)];
  }
  return [];
}

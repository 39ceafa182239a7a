/**
 * The grammar of answers: a cue ("the answer is", 故选, a box) with a list of options or a label, the denial
 * or correction that may follow, and verdicts ("B is correct"). Every reader begins at a token and returns
 * where it ended, or null.
 */
import type { Token, TokenKind } from './answer-tokens.ts';
import { AnswerValues, type Listed } from './answer-values.ts';

/** What a statement says, and how plainly it is a statement. */
export interface Stated {
  readonly values: readonly string[];
  readonly denied: readonly string[];
  readonly next: number;
  readonly open: boolean;
}

const AFTER_ANSWER = 12;
const LONGEST_NOTE = 60;
const LONGEST_LINE = 300;
/** Tokens of a condition: "for patients above the age of 65". */
const LONGEST_CONDITION = 14;
const BETWEEN_CASES: readonly TokenKind[] = [
  ...(['and', 'or', 'but', 'otherwise', 'filler', 'option', 'choose', 'it', 'link'] as const),
];
/** Whatever follows one of these is only possible. */
const HEDGES: ReadonlySet<string> = new Set([
  ...'could might may possibly perhaps'.split(' '),
  ...'可能 也许 或许'.split(' '),
]);
const CONCLUSION = /^(?:so|therefore|hence|thus|因此|所以|故.{0,2})$/i;

/** Whether a word introduces a conclusion from the text before it. */
export const leadsOn = ({ text }: Token): boolean => CONCLUSION.test(text);

export class AnswerGrammar extends AnswerValues {
  /**
   * One or several values: "A, C and D", "B、C", "A. vitamin A; C. vitamin C".
   * @param clause a verdict on the values may follow
   * @param denied the text denies the values: a semicolon ends them
   */
  list(i: number, clause = false, denied = false): Listed | null {
    let at = this.skip(i, 'option', 'filler', 'and');
    if (this.is(at, 'or')) return this.#either(at + 1);
    at = this.#openings(at);
    const first = this.value(at);
    if (!first) return null;
    if (!clause && this.#isClause(first.next)) return null;
    const values = new Set(first.values);
    const cases = this.#cases(first);
    if (cases !== null) return { values: [...values], next: cases, open: true };
    let open = false;
    let next = first.next;
    for (;;) {
      const restated = this.#restated(next, values);
      if (restated !== null) {
        next = restated;
        break;
      }
      next = this.#note(next);
      const more = denied && this.at(next).text === ';' ? null : this.#more(next, clause);
      if (!more) break;
      if (more.range) fillRange(values, more.values);
      for (const value of more.values) values.add(value);
      open ||= more.open;
      next = more.next;
    }
    if (!this.letters && values.size > 1) open = true;
    return { values: [...values], next, open };
  }

  /** "A for adults, B for children", "B if pregnant, otherwise C": returns where the second value ends. */
  #cases(first: Listed): number | null {
    if (!this.is(first.next, 'function', 'if')) return null;
    for (let at = first.next + 1; at < first.next + LONGEST_CONDITION; at += 1) {
      const apart = this.is(at, 'comma', 'and', 'or', 'but') || this.at(at).text === ';';
      if (!apart) {
        if (this.isEnd(at)) return null;
        continue;
      }
      const from = this.skip(at + 1, ...BETWEEN_CASES);
      const value = this.value(from);
      if (!value || value.values.every((one) => first.values.includes(one))) continue;
      const other = this.is(from - 1, 'otherwise') || this.is(value.next, 'function', 'if');
      if (other) return value.next;
    }
    return null;
  }

  #openings(i: number): number {
    const opened = this.skip(i, 'open');
    return opened > i && (this.at(opened).values.length > 0 || this.at(opened).small !== null)
      ? opened
      : this.skip(i, 'option', 'filler');
  }

  #either(i: number): Listed | null {
    const list = this.list(i, true);
    return list && { ...list, open: list.open || list.values.length > 1 };
  }

  /** Words after a value that say something about it, and so make a separate clause. */
  #isClause(i: number): boolean {
    const at = this.skip(i, 'option', 'filler', 'also');
    return (
      this.is(at, 'link', 'right', 'wrong') ||
      (this.is(at, 'not') && this.is(at + 1, 'right', 'link'))
    );
  }

  /** A note in brackets after a value. */
  #note(i: number): number {
    if (!this.is(i, 'open')) return this.is(i, 'close') ? i + 1 : i;
    for (let at = i + 1; at < i + LONGEST_NOTE && !this.is(at, 'end', 'line'); at += 1) {
      if (this.is(at, 'close')) return at + 1;
    }
    return i;
  }

  #more(i: number, clause: boolean): (Listed & { readonly range: boolean }) | null {
    let at = this.skip(i, 'comma', 'and', 'slash', 'also', 'option', 'filler');
    if (at === i && this.at(i).text === ';') at += 1;
    for (let on = i; on < at; on += 1) if (leadsOn(this.at(on))) return null;
    const hedged = this.#isHedged(i, at);
    if (hedged) at = this.skip(at, 'link', 'choose', 'filler');
    const or = this.is(at, 'or');
    const dash = this.is(at, 'dash') && this.at(at + 1).values.length === 1 && at === i;
    const range = this.is(at, 'range') || dash;
    if (or || range) at += 1;
    at = this.skip(at, 'option', 'filler', 'and', ...(or ? (['choose', 'link'] as const) : []));
    if (or && this.at(at).text.toLowerCase() === 'maybe' && this.at(at).values.length === 0)
      at += 1;
    at = this.#openings(at);
    if (at === i && !this.at(at).bracketed && this.at(at).kind !== 'value') return null;
    const value = this.value(at);
    // Whatever the text says about the second of two alternatives, the first alone is not the answer.
    if (or && this.at(at).values.length > 0) {
      return { ...(value ?? { values: this.at(at).values, next: at + 1 }), open: true, range };
    }
    if (!value) return null;
    if (!clause && this.#isClause(value.next)) return null;
    // "B and C; A and D are wrong": the values after the mark are the subject of a separate clause.
    const apart = this.at(i).text === ';' || this.at(i).text === ',';
    const subject = this.skip(value.next, 'comma', 'and', 'value', 'option');
    if (!clause && apart && subject > value.next && this.#isClause(subject)) return null;
    return { ...value, open: or || hedged, range };
  }

  #isHedged(from: number, to: number): boolean {
    for (let at = from; at < to; at += 1) {
      if (HEDGES.has(this.at(at).text.toLowerCase())) return true;
    }
    return false;
  }

  /** After a denial, a list with nothing behind it: "Neither B nor C; A." */
  rest(i: number): Listed | null {
    if (!this.is(i, 'stop')) return null;
    const list = this.list(this.skip(i, 'stop', 'comma'));
    return list && this.isEnd(list.next) ? list : null;
  }

  /**
   * Options with their texts, "A. this, C. that": searches the rest of the line for more options with the same
   * mark. Null where no text follows the value.
   */
  #restated(i: number, values: Set<string>): number | null {
    if (!this.letters) return null;
    const { bracketed } = this.at(i - 1);
    const mark = this.at(i);
    const marked = this.is(i, 'stop', 'colon', 'dash', 'close') || mark.text === '、';
    const text = marked ? i + 1 : i;
    if (!marked && !(bracketed && this.at(text).gap)) return null;
    if (!this.is(text, 'word', 'filler', 'topic', 'right', 'wrong')) return null;
    if (this.is(text, 'right', 'wrong') && this.isEnd(text + 1)) return null;
    let end = text;
    for (; end < i + LONGEST_LINE && !this.is(end, 'line', 'end'); end += 1) {
      // The text after the mark is a separate sentence that says what the answer is.
      if (this.is(end, 'answer', 'choose', 'box')) return null;
    }
    let at = text;
    for (; at < end && !this.is(at, 'not', 'correction', 'but'); at += 1) {
      if (this.is(at, 'stop', 'question') && this.at(at).text !== ';') break;
      if (!this.is(at, 'comma', 'and') && this.at(at).text !== ';') continue;
      const next = this.skip(at, 'comma', 'and', 'stop', 'option');
      const held = this.at(next);
      const same = marked ? this.at(next + 1).text === mark.text : held.bracketed;
      if (held.values.length > 0 && same) {
        for (const value of held.values) values.add(value);
        at = marked ? next + 1 : next;
      }
    }
    return at;
  }

  /** A denial or correction right after a list: "AC，不是B", "B… no, C", "not B but C". */
  tail(first: Stated): Stated {
    let { next, open } = first;
    const values = new Set(first.values);
    const denied = new Set(first.denied);
    for (let round = 0; round < AFTER_ANSWER; round += 1) {
      const at = this.skip(next, 'comma', 'and', 'but', 'close', 'open', 'also', 'filler');
      if (this.is(at, 'not', 'except')) {
        const refused = this.list(
          this.skip(at, 'not', 'except', 'link', 'choose', 'filler', 'option'),
          true,
          true,
        );
        if (!refused) break;
        for (const value of refused.values) {
          values.delete(value);
          denied.add(value);
        }
        next = refused.next;
        continue;
      }
      const taken = this.takenBack(next);
      if (taken) {
        values.clear();
        for (const value of taken.values) values.add(value);
        ({ next, open } = taken);
        continue;
      }
      // "not B but C", "不是B，是C", "not B, it is C".
      const instead = this.skip(at, 'it', 'link', 'choose', 'filler');
      const turned = instead > at || this.is(at - 1, 'but', 'comma');
      const only = values.size === 0 && denied.size > 0;
      const rest = only ? ((turned ? this.list(instead) : null) ?? this.rest(next)) : null;
      if (!rest) break;
      for (const value of rest.values) values.add(value);
      ({ next, open } = rest);
    }
    return { values: [...values], denied: [...denied], next, open };
  }

  /** "no, C", "wait, it should be C", "不对，应该是C": the value that replaces the earlier one. */
  takenBack(i: number): Listed | null {
    const at = this.skip(i, 'comma', 'stop', 'dash', 'open', 'close');
    if (!this.is(at, 'correction')) return null;
    const from = this.skip(at, 'correction', 'comma', 'stop', 'dash', 'filler', 'not');
    const bare = this.list(from);
    if (bare) return bare;
    const cue = this.skip(
      from,
      'it',
      'link',
      'choose',
      'filler',
      'colon',
      'answer',
      'option',
      'but',
      'correction',
    );
    return cue > from ? this.list(cue) : null;
  }
}

function fillRange(values: Set<string>, ends: readonly string[]): void {
  const last = [...values].at(-1);
  const end = ends[0];
  if (last === undefined || end === undefined || last.length !== 1 || end.length !== 1) return;
  for (let code = last.charCodeAt(0); code < end.charCodeAt(0); code += 1) {
    values.add(String.fromCharCode(code));
  }
}

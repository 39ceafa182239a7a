/** Where an answer says what it is: cues, verdicts on options, and answers that stand alone. */
import { AnswerGrammar, leadsOn, type Stated } from './answer-grammar.ts';
import type { Listed } from './answer-values.ts';
import type { Token } from './answer-tokens.ts';

/** How plainly a statement is the answer: the plainest kind decides. */
export type Plainness = 'stated' | 'alone' | 'implied' | 'doubtful';

export interface Statement extends Stated {
  readonly plainness: Plainness;
  /** It adds to the statement before it: "another right answer is C". */
  readonly adds: boolean;
  readonly from: number;
  /** Whether the statement may hold in one case only: "adults choose A". */
  readonly holds: 'always' | 'in-a-case';
}

/** Words between "the answer" and "is": "the answer to question 3 is". */
const WIDEST_GAP = 10;
const BACK = 40;
const TIMES = /^(?:first|initially|originally|now|later|afterwards|eventually|[先后初])$/i;
const LEFT: ReadonlySet<string> = new Set(['left', 'remaining', 'standing']);

export class CueReader {
  readonly grammar: AnswerGrammar;
  readonly #letters: boolean;
  readonly #options: readonly string[];

  /** @param options all option letters; none where labels are read */
  constructor(tokens: readonly Token[], options: readonly string[]) {
    this.#letters = options.length > 0;
    this.grammar = new AnswerGrammar(tokens, this.#letters);
    this.#options = options;
  }

  /** A statement whose cue begins here. */
  statement(i: number): Statement | null {
    const found = this.#cue(i);
    if (!found) return null;
    const { list, denies, plainness } = found;
    const said: Stated = denies
      ? { values: [], denied: list.values, next: list.next, open: false }
      : { ...list, denied: [] };
    const stated = this.grammar.tail(said);
    const doubtful = this.#isConditional(i) || this.#isAsked(stated.next);
    return {
      ...stated,
      plainness: doubtful ? 'doubtful' : plainness,
      adds: this.#adds(i),
      from: i,
      holds: this.#holds(i),
    };
  }

  /** "adults choose A": a subject right before the verb limits the choice to one case. */
  #holds(i: number): Statement['holds'] {
    const { grammar } = this;
    let at = i - 1;
    while (grammar.is(at, 'filler', 'function')) at -= 1;
    const own = grammar.is(i, 'choose', 'answer') && grammar.is(at, 'word');
    const settled = TIMES.test(grammar.at(at).text) || leadsOn(grammar.at(i));
    return own && !settled ? 'in-a-case' : 'always';
  }

  #cue(i: number): { list: Listed; denies: boolean; plainness: Plainness } | null {
    const { grammar } = this;
    const token = grammar.at(i);
    switch (token.kind) {
      case 'box': {
        const list = grammar.list(grammar.skip(i, 'box', 'colon', 'line', 'open'), true);
        return list && { list, denies: false, plainness: 'stated' };
      }
      case 'answer':
      case 'option':
      case 'topic':
        return this.#named(i);
      case 'right':
        return this.#rightOnes(i);
      case 'wrong':
        return this.#rightOnes(i) ?? this.#excluded(i);
      case 'filler':
        return this.#conclusion(i);
      case 'otherwise': {
        // Something else holds in the other cases: the text gives no single answer.
        const list = grammar.list(grammar.skip(i + 1, 'comma', 'filler', 'choose', 'link'));
        return list && { list: { ...list, open: true }, denies: false, plainness: 'stated' };
      }
      case 'choose': {
        // "the trials say yes": the trials say it, not the answer.
        if (token.text === 'say' && grammar.is(i - 1, 'word')) return null;
        const from = grammar.skip(i + 1, 'link', 'colon', 'filler', 'option', 'answer', 'choose');
        const list = grammar.list(from);
        return list && { list, denies: this.#isDenied(i), plainness: 'stated' };
      }
      case 'it':
      case 'link':
      case 'not':
      case 'colon':
        return this.#copula(i);
      case 'except':
        return this.#allBut(i);
      default:
        return null;
    }
  }

  /** "the answer to this is B", "Answer: B", "答案B". */
  #named(i: number): { list: Listed; denies: boolean; plainness: Plainness } | null {
    const { grammar } = this;
    const { kind } = grammar.at(i);
    const loose = (kind === 'topic' && this.#letters) || grammar.is(i - 1, 'wrong');
    const plainness = loose ? 'implied' : 'stated';
    let denies = false;
    const behind = grammar.at(i).text.toLowerCase() === 'ans' ? grammar.skip(i + 1, 'stop') : i + 1;
    for (let at = behind; at < i + 1 + WIDEST_GAP; at += 1) {
      if (grammar.is(at, 'not')) {
        denies = true;
        // 答案不是B: the denial is the link.
        const list = this.#linked(at + 1);
        if (list) return { list, denies, plainness };
        continue;
      }
      if (
        grammar.is(at, 'link', 'colon', 'choose', 'dash') ||
        (grammar.is(at, 'close') && at === behind)
      ) {
        const past = grammar.skip(at, 'link', 'colon', 'choose', 'close', 'dash', 'filler');
        const refused = grammar.is(past, 'not');
        const list = this.#linked(grammar.skip(past, 'not', 'filler', 'link'));
        if (list) return { list, denies: denies || refused, plainness };
        if (!grammar.is(at, 'link', 'close')) return null;
        continue;
      }
      const token = grammar.at(at);
      if (token.kind === 'value' || token.small !== null || grammar.is(at, 'comma', 'open', 'or')) {
        // "答案B", "Answer (B)", "the answer, B, …": the value follows directly, and nothing more is said about it.
        const list =
          kind === 'answer' && at === behind
            ? grammar.list(grammar.skip(at, 'comma', 'open'))
            : null;
        if (list) return { list, denies, plainness };
        if (token.kind === 'value' && !token.bracketed) return null;
        continue;
      }
      if (grammar.isEnd(at)) {
        // A heading with the answer on the next line.
        const heading = kind === 'answer' && at === i + 1 && grammar.is(at, 'line');
        const list = heading ? grammar.list(grammar.skip(at, 'line')) : null;
        return list && { list, denies, plainness };
      }
      if (grammar.is(at, 'correction', 'wrong')) return null;
    }
    return null;
  }

  /** After "is" or a colon: the list, on this line or on those that follow. */
  #linked(i: number): Listed | null {
    const { grammar } = this;
    const at = grammar.skip(i, 'box', 'colon', 'link', 'choose', 'answer');
    if (!grammar.is(at, 'line')) {
      const list = grammar.list(at);
      const restated = list && grammar.is(list.next, 'line') && list.next > at + 2;
      const following = restated ? this.lines(grammar.skip(list.next, 'line')) : null;
      const more = following && this.#isOptionLine(grammar.skip(list?.next ?? at, 'line'));
      if (!list || !following || !more) return list;
      return { ...following, values: [...list.values, ...following.values] };
    }
    return this.lines(grammar.skip(at, 'line', 'box'));
  }

  /** Options, each on a separate line. */
  lines(i: number): Listed | null {
    const { grammar } = this;
    const values = new Set<string>();
    let next = i;
    for (;;) {
      const list = grammar.list(next);
      if (!list || list.open) break;
      for (const value of list.values) values.add(value);
      next = this.#lineEnd(list.next);
      const following = grammar.skip(next, 'line');
      if (!this.#letters || !grammar.is(next, 'line') || !this.#isOptionLine(following)) break;
      next = following;
    }
    return values.size === 0 ? null : { values: [...values], next, open: false };
  }

  /** An option on a line that says nothing about it. */
  #isOptionLine(i: number): boolean {
    const { grammar } = this;
    if (grammar.at(i).kind !== 'value') return false;
    const end = this.#lineEnd(i);
    for (let at = i; at < end; at += 1) {
      if (grammar.is(at, 'right', 'wrong', 'reason', 'link', 'choose', 'answer')) return false;
    }
    return true;
  }

  #lineEnd(i: number): number {
    let at = i;
    while (!this.grammar.is(at, 'line', 'end')) at += 1;
    return at;
  }

  /** "正确的是B", "错误的是B" where that is asked for, "the correct ones are A and C", "Correct: A". */
  #rightOnes(i: number): { list: Listed; denies: boolean; plainness: Plainness } | null {
    const { grammar } = this;
    if (this.#isDenied(i)) return null;
    const at = grammar.skip(i + 1, 'filler', 'option', 'topic', 'right');
    const wrong = grammar.is(i, 'wrong');
    if (!grammar.is(at, 'link') && (wrong || !grammar.is(at, 'colon'))) return null;
    const past = grammar.skip(at, 'link', 'colon', 'filler');
    const refused = grammar.is(past, 'not');
    const list = this.#linked(refused ? past + 1 : past);
    return list && { list, denies: refused, plainness: wrong ? 'implied' : 'stated' };
  }

  /** 可排除A、B */
  #excluded(i: number): { list: Listed; denies: boolean; plainness: Plainness } | null {
    const list = this.grammar.at(i).text.endsWith('排除') ? this.grammar.list(i + 1) : null;
    return list && { list, denies: true, plainness: 'implied' };
  }

  /** "…, so B.": nothing but the answer after what leads to it. */
  #conclusion(i: number): { list: Listed; denies: boolean; plainness: Plainness } | null {
    const { grammar } = this;
    if (!leadsOn(grammar.at(i)) || !grammar.is(i - 1, 'comma', 'stop', 'line')) return null;
    const list = grammar.list(grammar.skip(i + 1, 'comma', 'filler'));
    if (!list || !grammar.isEnd(list.next)) return null;
    return { list, denies: false, plainness: 'implied' };
  }

  /** "all except B are correct", "除B外都正确"; "all but B are wrong". */
  #allBut(i: number): { list: Listed; denies: boolean; plainness: Plainness } | null {
    const { grammar } = this;
    const list = grammar.list(i + 1, true);
    if (!list || list.open || this.#options.length === 0) return null;
    const next = grammar.skip(list.next, 'comma', 'filler', 'option', 'link', 'also');
    const all = this.#saysAll(i) || next > list.next;
    const not = grammar.is(next, 'not') && grammar.is(next + 1, 'right');
    const wrong = grammar.is(next, 'wrong') || not;
    if (!all || !(wrong || grammar.is(next, 'right') || grammar.isEnd(next))) return null;
    const others = this.#options.filter((option) => !list.values.includes(option));
    const values = wrong ? list.values : others;
    return { list: { values, next, open: false }, denies: false, plainness: 'implied' };
  }

  #saysAll(i: number): boolean {
    for (let at = Math.max(0, i - 5); at <= i; at += 1) {
      if (/^(?:all|every|everything)\b/i.test(this.grammar.at(at).text)) return true;
    }
    return false;
  }

  /** "it is C", "应该是C"; of labels also "… is positive". */
  #copula(i: number): { list: Listed; denies: boolean; plainness: Plainness } | null {
    const { grammar } = this;
    const first = grammar.at(i);
    const loose = !this.#letters && grammar.is(i, 'link', 'colon', 'not');
    if (first.kind === 'colon' && !loose) return null;
    if (first.kind !== 'it' && !loose && !this.#begins(i)) return null;
    let at = first.kind === 'it' ? grammar.skip(i + 1, 'filler', 'it') : i;
    if (!grammar.is(at, 'link', 'not', 'colon')) return null;
    const denied = grammar.is(at, 'not');
    at = grammar.skip(at, 'link', 'filler', 'not', 'colon');
    const denies = denied || grammar.is(at - 1, 'not') || this.#isDenied(i);
    const list = grammar.list(at, false, denies);
    return list && { list, denies, plainness: 'implied' };
  }

  /** "B is correct", "A和C都正确", "B不对", "D is the answer". */
  verdict(i: number): Statement | null {
    const { grammar } = this;
    if (!this.#letters || !this.#begins(i)) return null;
    const onLine = this.#lineVerdict(i);
    if (onLine) return onLine;
    const list = grammar.list(i, true);
    if (!list) return null;
    let at = grammar.skip(list.next, 'filler', 'also', 'option', 'dash', 'colon', 'comma', 'open');
    // "AD is correct": a name in capitals, not two options.
    const single = grammar.at(at).text === 'is' || grammar.at(at).text === 'was';
    if (single && list.values.length > 1 && !list.open) return null;
    const linked = grammar.skip(at, 'link', 'filler', 'also', 'reason', 'option');
    const does = /^(?:do|does|did)$/i.test(grammar.at(linked - 1).text);
    const said = does ? linked > list.next : linked > at && grammar.is(at, 'link');
    const ellipsis = said && grammar.isEnd(linked);
    at = linked;
    const not = grammar.is(at, 'not') !== grammar.is(i - 1, 'not');
    at = grammar.skip(at, 'not', 'filler', 'link');
    const wrong = grammar.is(at, 'wrong');
    const left = linked > list.next && LEFT.has(grammar.at(at).text) && grammar.isEnd(at + 1);
    if (!wrong && !left && !grammar.is(at, 'right', 'answer') && !(ellipsis && !not)) return null;
    const denies = wrong !== not;
    const rest = denies ? grammar.rest(at + 1) : null;
    const values = rest?.values ?? (denies || list.open ? [] : list.values);
    return {
      ...{ values, denied: denies ? list.values : [], next: rest?.next ?? at },
      ...{ open: list.open && !denies, plainness: 'implied', from: i, holds: 'always' },
      adds: !denies,
    };
  }

  /** "A. Spleen – incorrect": an option with its text, and a verdict on it at the end of the line. */
  #lineVerdict(i: number): Statement | null {
    const { grammar } = this;
    const at = grammar.skip(i, 'option', 'filler');
    const value = grammar.value(at);
    const lineStart = at === 0 || i === 0 || grammar.is(i - 1, 'line');
    if (!value || !lineStart || !grammar.is(value.next, 'stop', 'colon', 'close', 'comma'))
      return null;
    if (grammar.at(value.next).text === ',' || grammar.is(value.next + 1, 'value')) return null;
    const next = this.#lineEnd(value.next);
    let last = next - 1;
    while (last > value.next && (grammar.isEnd(last) || grammar.is(last, 'close'))) last -= 1;
    const before = grammar.at(last - 1).kind;
    const wrong = grammar.is(last, 'wrong') !== (before === 'not');
    const said =
      grammar.is(last, 'right', 'wrong') && grammar.at(last).text.toLowerCase() !== 'right';
    const apart = ['dash', 'colon', 'open', 'comma', 'link', 'not', 'stop', 'filler'].includes(
      before,
    );
    if (!said || !apart) return null;
    return {
      ...(wrong ? { values: [], denied: value.values } : { values: value.values, denied: [] }),
      ...{ next, open: false, plainness: 'implied', adds: !wrong, from: i, holds: 'always' },
    };
  }

  /** Nothing but the answer, or the answer first: "B", "(B) Aspirin", "Option B, because …", "Yes." */
  alone(i: number): Statement | null {
    const { grammar } = this;
    const from = grammar.skip(i, 'line', 'right', 'colon');
    if (this.verdict(grammar.skip(from, 'option', 'filler'))) return null;
    const at = grammar.skip(from, 'option', 'filler', 'box', 'comma', 'colon');
    if (
      grammar.is(at, 'value') ||
      grammar.at(at).values.length > 0 ||
      grammar.at(at).small !== null ||
      grammar.is(at, 'open')
    ) {
      const list = grammar.list(at);
      if (!list) return null;
      const said = grammar.tail({ ...list, denied: [] });
      return { ...said, plainness: 'alone', adds: false, from: i, holds: 'always' };
    }
    return null;
  }

  /** Whether no word before a token makes it part of a term: "vitamin C is …" is not about option C. */
  #begins(i: number): boolean {
    const { grammar } = this;
    const before = grammar.at(i - 1);
    if (i === 0 || grammar.isEnd(i - 1)) return true;
    return !['word', 'topic', 'value', 'link', 'range'].includes(before.kind);
  }

  /** "do not choose", "would never pick", 不应选. */
  #isDenied(i: number): boolean {
    const { grammar } = this;
    let at = i - 1;
    while (grammar.is(at, 'filler')) at -= 1;
    return grammar.is(at, 'not', 'except');
  }

  #sentenceStart(i: number): number {
    let at = i;
    while (at > 0 && i - at < BACK && !this.grammar.isEnd(at - 1)) at -= 1;
    return at;
  }

  /** "if she were pregnant, the answer would be B". */
  #isConditional(i: number): boolean {
    if (leadsOn(this.grammar.at(i))) return false;
    const start = this.#sentenceStart(i);
    for (let at = i - 1; at >= start; at -= 1) {
      if (this.grammar.is(at, 'if')) return true;
      if (leadsOn(this.grammar.at(at))) return false;
    }
    return false;
  }

  #isAsked(i: number): boolean {
    let at = i;
    while (at < i + BACK && !this.grammar.isEnd(at)) at += 1;
    return this.grammar.is(at, 'question');
  }

  #adds(i: number): boolean {
    for (let at = i - 1; at >= Math.max(0, i - 5) && !this.grammar.isEnd(at); at -= 1) {
      if (this.grammar.is(at, 'also')) return true;
    }
    return false;
  }
}

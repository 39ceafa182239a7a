/**
 * The tokens of an answer, and the single values among them: letters or labels that have no other meaning where
 * they stand.
 */
import { termOfLetter } from './answer-lexicon.ts';
import type { Token, TokenKind } from './answer-tokens.ts';

export interface Listed {
  readonly values: readonly string[];
  readonly next: number;
  /** "A or B": the list gives no answer. */
  readonly open: boolean;
}

const MOST_SKIPPED = 16;
const END_TOKEN: Token = {
  ...{ kind: 'end', text: '', values: [], small: null, bracketed: false, gap: false },
};
const ENDS: readonly TokenKind[] = ['end', 'line', 'stop', 'question'];
const APART: ReadonlySet<TokenKind> = new Set<TokenKind>([
  ...ENDS,
  ...([
    'comma',
    'colon',
    'close',
    'open',
    'slash',
    'dash',
    'and',
    'or',
    'but',
    'not',
    'link',
  ] as const),
  ...([
    'right',
    'wrong',
    'reason',
    'function',
    'also',
    'correction',
    'if',
    'range',
    'except',
  ] as const),
  ...(['value', 'it', 'box', 'choose'] as const),
]);

/** Reads tokens and single values; each reader begins at a token. */
export class AnswerValues {
  readonly #tokens: readonly Token[];
  /** Whether answers are letters of options; else they are labels. */
  protected readonly letters: boolean;

  constructor(tokens: readonly Token[], letters: boolean) {
    this.#tokens = tokens;
    this.letters = letters;
  }

  at(i: number): Token {
    return this.#tokens[i] ?? END_TOKEN;
  }

  is(i: number, ...kinds: readonly TokenKind[]): boolean {
    return kinds.includes(this.at(i).kind) && !this.#isLabel(i);
  }

  /** A word of the grammar that is an answer here (是, no, a): of two in a row, the last. */
  #isLabel(i: number): boolean {
    const { kind, values, small } = this.at(i);
    const next = this.at(i + 1);
    if (small !== null) return this.#smallEnds(i);
    return kind !== 'value' && values.length > 0 && next.values.length === 0;
  }

  /** "a", "b and d": small letters with nothing after them. */
  #smallEnds(i: number): boolean {
    const next = this.at(i + 1).kind;
    if (ENDS.includes(next) || next === 'close') return true;
    const more = next === 'comma' || next === 'and';
    return more && this.at(i + 2).small !== null && this.#smallEnds(i + 2);
  }

  isEnd(i: number): boolean {
    return this.is(i, ...ENDS);
  }

  skip(i: number, ...kinds: readonly TokenKind[]): number {
    let next = i;
    while (next < i + MOST_SKIPPED && this.is(next, ...kinds)) next += 1;
    return next;
  }

  /** Letters or a label with no other meaning here: "B", "(b)", not "B cells" or "A patient". */
  value(i: number): Listed | null {
    const token = this.at(i);
    const values = token.values.length > 0 ? token.values : this.#smallLetter(i);
    if (values.length === 0) return null;
    const apart = this.letters ? this.#standsApart(i) : this.#labelEnds(i);
    if (!token.bracketed && !apart) return null;
    let next = i + 1;
    // "B项", "A、C两项", "the neurology section".
    if (this.is(next, 'option') && !(this.letters && this.at(next).gap)) next += 1;
    return { values, next, open: false };
  }

  #smallLetter(i: number): readonly string[] {
    const { small, gap, text } = this.at(i);
    if (small === null) return [];
    const next = this.at(i + 1);
    const alone = this.#smallEnds(i);
    const listed = next.kind === 'comma' || next.kind === 'and' || next.kind === 'colon';
    const article = text === 'a' || text === 'i';
    const before = this.at(i - 1);
    const word = /\p{Script=Latin}$/u.test(before.text) && !gap;
    return !word && (alone || (listed && !article)) ? [small] : [];
  }

  #standsApart(i: number): boolean {
    const token = this.at(i);
    const next = this.at(i + 1);
    if (token.text === 'I' && next.gap) {
      const same = next.kind === 'filler' || next.kind === 'word' || next.kind === 'choose';
      if (same) return false;
    }
    if (APART.has(next.kind)) return next.kind !== 'choose' || /\p{Script=Han}/u.test(next.text);
    if (/^\p{N}/u.test(next.text)) return next.gap && token.text !== 'A';
    const han = /^\p{Script=Han}/u.test(next.text);
    if (han) {
      const rest = this.#tokens.slice(i + 1, i + 5).map(({ text }) => text);
      return next.gap || !termOfLetter.test(rest.join(''));
    }
    if (next.kind === 'filler')
      return token.text !== 'A' || ['only', 'therefore', 'so', 'thus'].includes(next.text);
    if (next.kind === 'option' || next.kind === 'answer') return false;
    // "B Ibuprofen" restates its option; "B cells" is another term.
    return /^[A-Z]/.test(next.text);
  }

  #labelEnds(i: number): boolean {
    const han = /^\p{Script=Han}/u.test(this.at(i).text);
    const next = han ? this.skip(i + 1, 'option', 'filler') : this.skip(i + 1, 'option');
    if (this.isEnd(next)) return true;
    if (han) {
      return !this.is(next, 'word', 'filler', 'topic', 'function', 'value') || this.at(next).gap;
    }
    return this.is(
      next,
      ...([
        'comma',
        'close',
        'open',
        'colon',
        'dash',
        'reason',
        'but',
        'or',
        'and',
        'slash',
        'not',
      ] as const),
      ...(['value', 'function', 'it', 'if', 'otherwise'] as const),
    );
  }
}

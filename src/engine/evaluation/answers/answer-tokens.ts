/** Splits an answer into tokens: those that name an option or a label, and the words around them. */
import { lexicon, longestHan, longestPhrase, type WordKind } from './answer-lexicon.ts';
import type { LabelFinder } from './answer-labels.ts';

export type TokenKind =
  | WordKind
  /** Option letters or a label. */
  | 'value'
  /** `\boxed`, `<answer>`: they enclose the answer. */
  | 'box'
  | 'comma'
  | 'stop'
  | 'question'
  | 'colon'
  | 'dash'
  | 'slash'
  | 'open'
  | 'close'
  | 'line'
  | 'end';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Its value at a place where an answer is possible. */
  readonly values: readonly string[];
  /** A lower-case letter that is an option only where it can mean nothing else. */
  readonly small: string | null;
  readonly bracketed: boolean;
  /** White space before it. */
  readonly gap: boolean;
}

/** The possible answers: option letters, or labels in words. */
export type Answerable =
  | { readonly kind: 'letters'; readonly letters: ReadonlySet<string> }
  | { readonly kind: 'labels'; readonly find: LabelFinder };

const MARKS: Readonly<Record<string, TokenKind>> = {
  ',': 'comma',
  '、': 'comma',
  '.': 'stop',
  '。': 'stop',
  '!': 'stop',
  ';': 'stop',
  '…': 'stop',
  '?': 'question',
  ':': 'colon',
  '=': 'colon',
  '→': 'colon',
  '⇒': 'colon',
  '-': 'dash',
  '–': 'dash',
  '—': 'dash',
  '/': 'slash',
  '&': 'and',
  '+': 'and',
  '~': 'range',
  '(': 'open',
  '[': 'open',
  '{': 'open',
  '【': 'open',
  '〔': 'open',
  '<': 'open',
  '《': 'open',
  ')': 'close',
  ']': 'close',
  '}': 'close',
  '】': 'close',
  '〕': 'close',
  '>': 'close',
  '》': 'close',
  '√': 'right',
  '✓': 'right',
  '✔': 'right',
  '✅': 'right',
  '×': 'wrong',
  '✗': 'wrong',
  '✘': 'wrong',
  '❌': 'wrong',
};

const EXPANDED: readonly (readonly [RegExp, string])[] = [
  [/\b(is|are|was|were|would|should|could|do|does|did|has|have|must)n['’]t\b/gi, '$1 not'],
  [/\b(?:can['’]t|cannot)\b/gi, 'can not'],
  [/\bwon['’]t\b/gi, 'will not'],
  [/\b(it|that|this|answer|choice|option)['’]s\b/gi, '$1 is'],
  [/\b(I|we|you)['’](?:d|ll)\b/gi, '$1 would'],
  [/\bI['’]m\b/g, 'I am'],
];

/** Species whose names begin with a capital and a full stop. */
const SPECIES =
  /\b([A-Z])\. ?(?=(?:difficile|coli|perfringens|botulinum|tetani|albicans|trachomatis|pneumoniae|diphtheriae|jejuni|neoformans|burnetii|faecalis|faecium|cereus|anthracis|burgdorferi|pertussis|fragilis|henselae|histolytica|granulosus|baumannii|fumigatus|lumbricoides|duodenale)\b)/g;

/** The text without markup: width, LaTeX, Markdown, quotes and bullets do not change the meaning. */
export function plainAnswer(text: string): string {
  const thought = /<\/(?:think|thinking|thought|reasoning)>/gi;
  let from = 0;
  for (const { index, 0: tag } of text.matchAll(thought)) from = index + tag.length;
  let plain = foldWidth(text.slice(from))
    .replace(/<\/?(?:answer|final_answer|final)>/gi, (tag) => (tag[1] === '/' ? '\n' : ' \u0001 '))
    .replace(/<br\s*\/?>/gi, '\n')
    .replace(/<\/?[a-z][a-z0-9]{0,15}>/g, '')
    .replace(/[=-]+>/g, '→')
    .replace(/(?<=[a-z])\(s\)/g, 's')
    .replace(/\\(?:boxed|fbox)\b/g, ' \u0001 ')
    .replace(/\\[a-zA-Z]+(?=\s*\{)/g, '')
    .replace(/\\[()[\]]|\\[,;! ]/g, ' ')
    .replace(/\\n/g, '\n')
    .replace(/[*`_$#|\\"“”「」『』]/g, (mark) => (mark === '|' ? ' ' : ''))
    .replace(/(?<![\p{L}\p{N}])['‘’]|['‘’](?![\p{L}\p{N}])/gu, '')
    .replace(/\.{2,}|。{2,}/g, '…')
    .replace(/^[ \t>]*(?:[-•·●▪]|\d{1,2}[.)、])[ \t]+/gm, '');
  plain = withoutNumbers(plain);
  plain = plain.replace(SPECIES, '$1-');
  for (const [form, full] of EXPANDED) plain = plain.replace(form, full);
  return plain;
}

/** Numbers before letters, "①A②C", "(1) A (2) C", "1.A 2.C": the numbered letters are a list. */
function withoutNumbers(text: string): string {
  const letter = '(?=[A-Z](?![A-Za-z]))';
  const number = `(?:[①-⑳][ .、:]?|\\(\\d{1,2}\\) ?|(?<![\\p{L}\\d])\\d{1,2}[.)、] ?)${letter}`;
  return text
    .replace(new RegExp(`(?<=[A-Z])[ ,;、。.]{0,2}${number}`, 'gu'), '、')
    .replace(new RegExp(`(?<=^|[ :、])${number}|[①-⑳][ .、:]?${letter}`, 'gu'), ' ');
}

/** Full-width Latin letters, digits and marks as their plain forms; circled letters in brackets. */
function foldWidth(text: string): string {
  return text
    .replace(/[\uFF01-\uFF5E]/g, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))
    .replace(/[\u24B6-\u24CF]/g, (c) => `(${String.fromCharCode(c.charCodeAt(0) - 0x2475)})`)
    .replace(/[\u24D0-\u24E9]/g, (c) => `(${String.fromCharCode(c.charCodeAt(0) - 0x248f)})`)
    .replace(/[\u3000\u00A0]/g, ' ');
}

const WORD =
  /[A-Za-z0-9\u00C0-\u024F\u0370-\u03FF]+(?:['’-][A-Za-z0-9\u00C0-\u024F\u0370-\u03FF]+)*/y;

/** Reads plain text (plainAnswer) token by token; the last one is the end. */
export function tokenise(text: string, what: Answerable): Token[] {
  const tokens: Token[] = [];
  let gap = false;
  const put = (kind: TokenKind, said: string, values: readonly string[] = []): void => {
    const small = kind === 'value' || !/^[a-z]$/.test(said) ? null : said.toUpperCase();
    const letter = what.kind === 'letters' ? small : null;
    tokens.push({ kind, text: said, values, small: letter, bracketed: false, gap });
    gap = false;
  };
  let at = 0;
  while (at < text.length) {
    const char = String.fromCodePoint(text.codePointAt(at) ?? 0);
    if (char === '\n') {
      put('line', char);
      at += 1;
      continue;
    }
    if (/\s/.test(char)) {
      gap = true;
      at += 1;
      continue;
    }
    const label = what.kind === 'labels' ? what.find(text, at) : null;
    const han = /\p{Script=Han}/u.test(char);
    const mark = Object.hasOwn(MARKS, char) ? MARKS[char] : undefined;
    let length = char.length;
    let kind: TokenKind = 'word';
    let values: readonly string[] = [];
    if (char === '\u0001') kind = 'box';
    else if (han) ({ kind, length } = hanWord(text, at));
    else if (mark !== undefined) kind = mark;
    else {
      WORD.lastIndex = at;
      const word = WORD.exec(text)?.[0] ?? char;
      const range = /^[A-Z]-[A-Z]$/.test(word);
      ({ kind, length } = range
        ? { kind: 'word' as const, length: 1 }
        : englishWord(text, at, word));
      const capitals = range ? char : word;
      if (
        what.kind === 'letters' &&
        length === capitals.length &&
        areLetters(capitals, what.letters)
      ) {
        [kind, values] = ['value', [...capitals]];
      }
    }
    if (label && label.length >= length) {
      // A label may also be a word of the grammar (是, no): it keeps that kind and has a value.
      values = [label.label];
      kind = label.length > length || kind === 'word' ? 'value' : kind;
      length = label.length;
    }
    put(kind, text.slice(at, at + length), values);
    at += length;
  }
  put('end', '');
  return joinBrackets(takeBacks(tokens));
}

/** One capital, or several of the options, each once. */
function areLetters(word: string, letters: ReadonlySet<string>): boolean {
  if (!/^[A-Z]+$/.test(word)) return false;
  if (word.length === 1) return true;
  const each = new Set(word);
  return each.size === word.length && [...each].every((letter) => letters.has(letter));
}

function hanWord(text: string, at: number): { kind: TokenKind; length: number } {
  for (let length = Math.min(longestHan, text.length - at); length > 0; length -= 1) {
    const kind = lexicon.get(text.slice(at, at + length));
    if (kind !== undefined) return { kind, length };
  }
  return { kind: 'word', length: 1 };
}

function englishWord(text: string, at: number, first: string): { kind: TokenKind; length: number } {
  let [kind, length]: [TokenKind, number] = ['word', first.length];
  let [end, phrase] = [at, ''];
  for (let count = 0; count < longestPhrase; count += 1) {
    WORD.lastIndex = end;
    const word = WORD.exec(text)?.[0];
    if (word === undefined) break;
    phrase += word.toLowerCase();
    end += word.length;
    const found = lexicon.get(phrase);
    if (found !== undefined && !/^[A-Z]$/.test(text.slice(at, end)))
      [kind, length] = [found, end - at];
    if (text[end] !== ' ') break;
    end += 1;
    phrase += ' ';
  }
  return { kind, length };
}

/** "no," and "不，" take back the text before them; before anything else they deny what follows. */
function takeBacks(tokens: readonly Token[]): Token[] {
  return tokens.map((token, i) => {
    if (token.values.length > 0) return token;
    const next = tokens[i + 1]?.kind ?? 'end';
    const before = tokens[i - 1]?.kind ?? 'end';
    const apart = next === 'comma' || next === 'stop' || next === 'dash' || next === 'correction';
    const after = ['comma', 'stop', 'line', 'dash', 'open', 'correction', 'but'].includes(before);
    const said = token.text.toLowerCase();
    if (said === 'no') return { ...token, kind: apart ? 'correction' : 'not' };
    if (said === '不' && apart) return { ...token, kind: 'correction' };
    if ((said === '不对' || said === '错了') && apart && after)
      return { ...token, kind: 'correction' };
    return token;
  });
}

const MOST_BRACKETS = 4;

/** `(A)`, `{b}`, `[[C]]` become one token each. */
function joinBrackets(tokens: readonly Token[]): Token[] {
  const joined: Token[] = [];
  for (let i = 0; i < tokens.length; i += 1) {
    const token = tokens[i];
    if (!token) continue;
    let inside = i;
    while (inside < i + MOST_BRACKETS && tokens[inside]?.kind === 'open') inside += 1;
    const held = tokens[inside];
    let close = inside + 1;
    if (inside > i && held && tokens[close]?.kind === 'close') {
      const values = held.values.length > 0 ? held.values : held.small === null ? [] : [held.small];
      if (values.length > 0) {
        while (close - inside < inside - i && tokens[close + 1]?.kind === 'close') close += 1;
        joined.push({ ...held, kind: 'value', values, bracketed: true, gap: token.gap });
        i = close;
        continue;
      }
    }
    joined.push(token);
  }
  return joined;
}

/** One pass over a text that finds where rules have to look: words with digits, capitalised words, Chinese marks. */
import { addBits } from './character-bits.ts';
import type { Place } from './kinds.ts';
import { COMMON_SURNAMES, COMPOUND_SURNAMES, RARE_SURNAMES } from './words/chinese-names.ts';
import { mayCue } from './words/english-cues.ts';

/** Bits of `MARKS`: what a Chinese character may begin or end, and what a Latin one is. */
const SURNAME = 1;
const UNIT = 2;
const PLACE = 4;
const CARE = 8;
/** Bits for letters and digits of the Latin script. */
const WORD = 16;
const DIGIT = 32;
const CAPITAL = 64;

const MARKS = new Uint8Array(0x10000);

const mark = (characters: string, bit: number): void => addBits(MARKS, characters, bit);

/** Last characters of numbered parts of an address (3号楼), of places (青岭市), and of places of care (医院). */
mark('号弄栋幢座元楼层室组队户社', UNIT);
mark('省市区县旗镇乡村州盟', PLACE);
mark('院所心站室部店房寓', CARE);
mark(COMMON_SURNAMES, SURNAME);
mark(RARE_SURNAMES, SURNAME);
for (const surname of COMPOUND_SURNAMES) mark(surname.charAt(0), SURNAME);

for (let code = 0; code < 0x250; code += 1) {
  const character = String.fromCharCode(code);
  if (!/[A-Za-z\d]/.test(character) && (code < 0xc0 || code === 0xd7 || code === 0xf7)) continue;
  const capital = character !== character.toLowerCase() ? CAPITAL : 0;
  mark(character, WORD | capital | (/\d/.test(character) ? DIGIT : 0));
}

/** Where to look in a text, ascending. */
export interface Scan {
  /** With full-width letters, digits and marks as ASCII, unit for unit: places are those of the original. */
  readonly text: string;
  /** Words with a digit, and everything that - / . _ join to them: "603-555-3668", "A31237965". */
  readonly numbers: readonly Place[];
  /** Words that begin with a capital. */
  readonly capitals: readonly Place[];
  readonly surnames: readonly number[];
  readonly units: readonly number[];
  readonly places: readonly number[];
  readonly care: readonly number[];
  /** Places of "@". */
  readonly ats: readonly number[];
  /** Where a line begins or a word after which a name may be typed in small letters: the text's own beginning, line breaks, and words such as "wife". */
  readonly cues: readonly number[];
  readonly chinese: boolean;
}

const FOLDED = /[\uff01-\uff5e\u3000\u00a0\u2010-\u2013\u2212\u2018\u2019]/;
const FOLDED_ALL = new RegExp(FOLDED, 'g');

function plain(character: string): string {
  const code = character.charCodeAt(0);
  if (code >= 0xff01) return String.fromCharCode(code - 0xfee0);
  if (code === 0x3000 || code === 0xa0) return ' ';
  return code === 0x2018 || code === 0x2019 ? "'" : '-';
}

/** Full-width forms, short dashes and curly apostrophes as ASCII (a long dash joins no words); every other character, and every place, stays. */
export function fold(text: string): string {
  return FOLDED.test(text) ? text.replace(FOLDED_ALL, plain) : text;
}

const marksAt = (text: string, at: number): number => MARKS[text.charCodeAt(at)] ?? 0;

/** Latin letters and digits. */
export const isWord = (code: number): boolean => ((MARKS[code] ?? 0) & WORD) !== 0;

/** - . / _ */
const joins = (code: number): boolean => code === 45 || code === 46 || code === 47 || code === 95;

/** The end of what is joined to a word without a space. */
function joinedEnd(text: string, from: number): number {
  let end = from;
  for (;;) {
    while (isWord(text.charCodeAt(end))) end += 1;
    if (!joins(text.charCodeAt(end)) || !isWord(text.charCodeAt(end + 1))) return end;
    end += 1;
  }
}

/** The end of a word of letters; an apostrophe or a hyphen between letters belongs to it. */
function wordEnd(text: string, from: number): number {
  let end = from;
  for (;;) {
    while (isWord(text.charCodeAt(end))) end += 1;
    const code = text.charCodeAt(end);
    if ((code !== 39 && code !== 45) || !isWord(text.charCodeAt(end + 1))) return end;
    // "Hollister's": what belongs to somebody is not part of the name.
    if (code === 39 && /^s(?![A-Za-z])/i.test(text.slice(end + 1, end + 3))) return end;
    end += 1;
  }
}

function hasDigit(text: string, from: number, to: number): boolean {
  for (let i = from; i < to; i += 1) if (marksAt(text, i) & DIGIT) return true;
  return false;
}

/** "al-Rashid", "el-Sayed": a surname whose article is written small. */
const isArticle = (text: string, start: number): boolean =>
  text.charCodeAt(start + 2) === 45 &&
  text.charCodeAt(start + 1) === 108 &&
  (marksAt(text, start + 3) & CAPITAL) !== 0 &&
  (text[start] === 'a' || text[start] === 'e');

/** Marks that join words (- . / _), and the apostrophe. */
const mayJoin = (code: number): boolean => joins(code) || code === 39;

export function scan(original: string): Scan {
  const text = fold(original);
  const numbers: Place[] = [];
  const capitals: Place[] = [];
  const [surnames, units, places, care, ats] = [[], [], [], [], []] as number[][];
  // The beginning of the text is that of a line.
  const cues = [0];
  let chinese = false;
  let plainUntil = 0;
  const length = text.length;
  for (let at = 0; at < length;) {
    const code = text.charCodeAt(at);
    if (code >= 0x2e80) {
      chinese = true;
      const marks = MARKS[code] ?? 0;
      if (marks !== 0) {
        if (marks & SURNAME) surnames?.push(at);
        if (marks & UNIT) units?.push(at);
        if (marks & PLACE) places?.push(at);
        if (marks & CARE) care?.push(at);
      }
      at += 1;
      continue;
    }
    const first = MARKS[code] ?? 0;
    if (!(first & WORD)) {
      if (code === 64) ats?.push(at);
      else if (code === 10 && at > 0) cues.push(at);
      at += 1;
      continue;
    }
    const start = at;
    let bits = 0;
    for (let marks = first; marks & WORD; marks = marksAt(text, at)) {
      bits |= marks;
      at += 1;
    }
    if (mayCue(text, start, at) && start > 0) cues.push(start);
    if (mayJoin(text.charCodeAt(at))) {
      // What was joined to an earlier word without any digit is not looked through again.
      const joined = start < plainUntil ? at : joinedEnd(text, start);
      if (hasDigit(text, start, joined)) bits |= DIGIT;
      else plainUntil = Math.max(plainUntil, joined);
      at = bits & DIGIT ? joined : wordEnd(text, start);
    }
    if (bits & DIGIT) numbers.push({ start, end: at });
    else if (first & CAPITAL || isArticle(text, start)) capitals.push({ start, end: at });
  }
  return {
    text,
    numbers,
    capitals,
    surnames: surnames ?? [],
    units: units ?? [],
    places: places ?? [],
    care: care ?? [],
    ats: ats ?? [],
    cues,
    chinese,
  };
}

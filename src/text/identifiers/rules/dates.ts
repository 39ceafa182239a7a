/** Dates that say more than a year: in figures, with English months, in Chinese. */
import type { Certainty, Found, Place, Reason } from '../kinds.ts';
import { isDay, isCompactDay } from './checksums.ts';

const MONTH =
  'jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?';
const MONTHS = new RegExp(`^(?:${MONTH})$`, 'i');
const MONTH_IN = new RegExp(
  `^(\\d{1,2})(?:st|nd|rd|th)?[-/. ]?(?:${MONTH})[-/. ]?(\\d{4}|\\d{2})$`,
  'i',
);
const MONTH_FIRST = new RegExp(`^(?:${MONTH})[-/.](\\d{1,2})[-/.](\\d{4}|\\d{2})$`, 'i');
const YEAR_THEN_MONTH = new RegExp(`^(?:19|20)\\d{2}[-/.](?:${MONTH})[-/.](\\d{1,2})$`, 'i');
const MONTH_YEAR_JOINED = new RegExp(`^(?:${MONTH})[-/.]?((?:19|20)\\d{2}|\\d{2})$`, 'i');
const DAY_MONTH_JOINED = new RegExp(`^(\\d{1,2})-?(?:${MONTH})$`, 'i');

const YEAR_FIRST = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?=$|T\d)/;
const YEAR_LAST = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})$/;
const YEAR_MONTH = /^((?:19|20)\d{2})([-/])(0[1-9]|1[0-2])$/;
const MONTH_YEAR = /^(0?[1-9]|1[0-2])([-/])((?:19|20)\d{2})$/;
const COMPACT = /^(?:19|20)\d{6}$/;

function nearYear(year: string): number {
  return year.length === 4 ? Number(year) : 2000 + Number(year);
}

/** Day and month in either order. */
function isEitherDay(year: string, a: string, b: string): boolean {
  const full = nearYear(year);
  return isDay(full, Number(a), Number(b)) || isDay(full, Number(b), Number(a));
}

interface Dated {
  readonly length: number;
  readonly certainty: Certainty;
}

/** A date in figures at the beginning of a word. */
function figures(word: string): Dated | null {
  const first = YEAR_FIRST.exec(word);
  if (first) {
    const [whole, year = '', , a = '', b = ''] = first;
    return isEitherDay(year, a, b) ? { length: whole.length, certainty: 'sure' } : null;
  }
  const last = YEAR_LAST.exec(word);
  if (last) {
    const [whole, a = '', separator, b = '', year = ''] = last;
    if (!isEitherDay(year, a, b)) return null;
    // "1.2.10" may be the number of a section.
    if (separator === '.' && year.length === 2 && (a.length < 2 || b.length < 2)) return null;
    const sure = separator === '/' || year.length === 4;
    return { length: whole.length, certainty: sure ? 'sure' : 'likely' };
  }
  if (YEAR_MONTH.test(word) || MONTH_YEAR.test(word))
    return { length: word.length, certainty: 'likely' };
  const named = MONTH_IN.exec(word) ?? MONTH_FIRST.exec(word) ?? YEAR_THEN_MONTH.exec(word);
  if (named?.[1] && Number(named[1]) >= 1 && Number(named[1]) <= 31)
    return { length: word.length, certainty: 'sure' };
  return null;
}

/** Scores of several times: Apgar 9-10-10. */
const SCORED = /(?:apgar|评分)\D{0,5}$/i;

/** A date in a word with digits. */
export function findDate(text: string, { start, end }: Place, found: Found): boolean {
  const word = text.slice(start, end);
  // Apgar评分9-10-10分
  if (
    /^\d+$/.test(word) ||
    text[end] === '分' ||
    SCORED.test(text.slice(Math.max(0, start - 12), start))
  )
    return false;
  const put = (to: number, reason: Reason, certainty: Certainty): true => {
    found({ start, end: to, kind: 'DATE', reason, certainty });
    return true;
  };
  const dated = figures(word);
  if (dated) return put(start + dated.length, 'form', dated.certainty);
  if (MONTH_YEAR_JOINED.test(word) && /^[A-Z]/.test(word)) return put(end, 'form', 'likely');
  const joined = DAY_MONTH_JOINED.exec(word);
  if (joined && Number(joined[1]) <= 31) {
    const year = /^[ ,]{1,2}(?:(?:19|20)\d{2})(?!\d)/.exec(text.slice(end, end + 7));
    return put(end + (year?.[0].length ?? 0), 'form', year ? 'sure' : 'likely');
  }
  return false;
}

/** Eight digits that are a day: 20210315. */
export function findCompactDate(text: string, { start, end }: Place, found: Found): boolean {
  const word = text.slice(start, end);
  if (!COMPACT.test(word) || !isCompactDay(word)) return false;
  found({ start, end, kind: 'DATE', reason: 'form', certainty: 'unsure' });
  return true;
}

const ORDINAL =
  '(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|thirteenth|fourteenth|fifteenth|sixteenth|seventeenth|eighteenth|nineteenth|twentieth|thirtieth|(?:twenty|thirty)[- ](?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth))';
const YEAR = String.raw`(?:(?:19|20)\d{2}|'\d{2})(?!\d)`;
const DAY_AFTER = new RegExp(
  String.raw`\.?(?:\s|-)(?:the )?(?:(\d{1,2})(?:st|nd|rd|th)?(?:\s?-\s?\d{1,2}(?:st|nd|rd|th)?)?(?![\d%]|[.,/:]\d)|(${ORDINAL}))(?:(?:\s?,\s?|\s|-| of )${YEAR})?`,
  'iy',
);
const YEAR_AFTER = new RegExp(String.raw`\.?,?(?:\s|-)(?:of )?${YEAR}`, 'iy');
/** "18 Apr 21": two digits are a year where nothing is counted by them. */
const SHORT_YEAR =
  /\.? \d{2}(?=[,.;:)]?$|[,;:)]|\.(?!\d)|\n| [A-Z(–-]| (?:and|with|w\/|at|for|by|to|via|in|from|as|when|after|before|but|then|pt|clinic|under|was|who|onwards)\b)(?! (?:AM|PM|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b)/y;
const DAY_BEFORE = new RegExp(
  String.raw`(?<![\d./-])(?:(\d{1,2})(?:st|nd|rd|th)?(?:\s?-\s?\d{1,2}(?:st|nd|rd|th)?)?|the ${ORDINAL})(?:\s(?:day )?of)?[\s-]$`,
  'i',
);
const DOSE =
  /^\s?(?:mg|mcg|g|ml|units?|tablets?|tabs?|times|days?|weeks?|months?|hours?|years?|cm|mm|kg|points?|doses|%)(?![a-z])/i;

/** A date with an English month at a capitalised word. */
export function findMonth(text: string, { start, end }: Place, found: Found): void {
  if (
    end - start > 9 ||
    end - start < 3 ||
    !'JFMASOND'.includes(text[start] ?? '') ||
    !MONTHS.test(text.slice(start, end))
  )
    return;
  const ending = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = end;
    return pattern.exec(text);
  };
  const put = (from: number, to: number, certainty: Certainty): void =>
    found({ start: from, end: to, kind: 'DATE', reason: 'form', certainty });
  // "dose 1 October 25th, 2009": the day stands behind the month.
  const behind = /^ \d{1,2}(?:st|nd|rd|th)?,? (?:19|20)\d{2}(?!\d)/.test(text.slice(end, end + 12));
  const before = behind ? null : DAY_BEFORE.exec(text.slice(Math.max(0, start - 24), start));
  if (before && (before[1] === undefined || (Number(before[1]) >= 1 && Number(before[1]) <= 31))) {
    const year = ending(YEAR_AFTER) ?? ending(SHORT_YEAR);
    put(start - before[0].length, end + (year?.[0].length ?? 0), year ? 'sure' : 'likely');
    return;
  }
  const day = ending(DAY_AFTER);
  if (day && (day[2] !== undefined || (Number(day[1]) >= 1 && Number(day[1]) <= 31))) {
    const to = end + day[0].length;
    const year = /(?:\d{4}|'\d{2})$/.test(day[0]);
    const shouted =
      end - start === 3 &&
      /^[A-Z]{3}$/.test(text.slice(start, end)) &&
      text.slice(start, end) !== 'MAY';
    if (!year && (DOSE.test(text.slice(to, to + 8)) || shouted)) return;
    put(start, to, year ? 'sure' : 'likely');
    return;
  }
  const year = ending(YEAR_AFTER);
  if (year) put(start, end + year[0].length, 'likely');
}

const CHINESE =
  /(?<!\d)(?:(\d{4}|\d{2})\s?年\s?(\d{1,2})\s?月(?:份|\s?(\d{1,2})\s?[日号])?|(\d{1,2})\s?月\s?(\d{1,2})(?:\s?[日号](?!床|楼|房|病)|(?=[,，。；;]))|((?:19|20)\d{2})[-/.](\d{1,2})月(?:(\d{1,2})[日号])?)/g;
const NUMERALS =
  /[一二][〇零○Oo九][〇零○Oo一二三四五六七八九]{2}年(?:[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十廿卅]{1,3}[日号])?)|(?<![一二三四五六七八九十])[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十廿]{1,3})[日号]|[正腊冬]月(?:初|十|廿|二十|三十)[一二三四五六七八九十]?|(?:农历|阴历|旧历)(?:[一二〇零九0-9]{2,4}年)?(?:闰)?(?:正|腊|冬|[一二三四五六七八九十]{1,2}|\d{1,2})月(?:初|十|廿|三十|二十)?[一二三四五六七八九十\d]{0,2}(?:日|号)?/g;

/** Chinese dates. */
export function findChineseDates(text: string, found: Found): void {
  if (!text.includes('月')) return;
  for (const match of text.matchAll(CHINESE)) {
    const month = Number(match[2] ?? match[4] ?? match[7]);
    const day = Number(match[3] ?? match[5] ?? match[8] ?? 1);
    if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31)) continue;
    const { index } = match;
    const rest = text.slice(index + match[0].length, index + match[0].length + 2);
    // "2年3月余": how long, not when; "10年3月前".
    if (
      match[1]?.length === 2 &&
      match[3] === undefined &&
      month < 12 &&
      !match[0].endsWith('份') &&
      !/^(?:[份起初底末]|[上中下]旬|开始|确诊|至今)/.test(rest)
    )
      continue;
    const end = index + match[0].length;
    found({ start: index, end, kind: 'DATE', reason: 'form', certainty: 'sure' });
  }
  for (const { 0: date, index } of text.matchAll(NUMERALS)) {
    found({
      start: index,
      end: index + date.length,
      kind: 'DATE',
      reason: 'form',
      certainty: 'sure',
    });
  }
}

/** Dates that say more than a year: in figures, with English months, in Chinese. */
import type { Certainty, Found, Place, Reason } from '../kinds.ts';
import { isDay, isCompactDay } from './checksums.ts';
import { labelBefore } from '../words/labels.ts';

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
const MONTH_DAY = /^(\d{1,2})[-/](\d{1,2})$/;
const COMPACT = /^(?:19|20)\d{6}$/;

/** What stands before a month and a day without a year, so that 4/10 is no pain score. */
const BEFORE_SHORT =
  /(?:\b(?:on|dated?|since|until|till|through|thru|from|as of|by|for|seen|admitted|discharged|visit|appointment|appt|given|started|stopped|due|was|of|and|to|between|last|DOS|DOA|labs|CXR|CT|MRI|echo|surgery|done|obtained|performed|scheduled|drawn|collected|cx|culture|cultures|today,?|yesterday,?|tomorrow,?|call|calls|phone|phoned|BM|LMP|EDD|fall|fell|f\/u|fu|follow-?up|next|next visit|next appt|dressing|changed|review|placed|inserted|implanted|removed|clinic|ED|ER|d\/c|dc|DC|D\/C|adm|admit|discharge|readmit(?:ted)?|returned|home|effective|starting|before|after|Mon|Tue|Tues|Wed|Thu|Thurs|Fri|Sat|Sun|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday|week of|typed|dictated|signed|reviewed|repeat(?:ed)?|noted|sent|called|received)|于|自|至|到|从|在|日期:?|时间:?)\s?$/i;
const AFTER_SHORT =
  /^\s?(?:strength|power|pain|severity|murmur|scale|tablets?|doses?|vision|reflexes|pulses?|days?|weeks?|systolic|diastolic|points?|score|in severity|intensity|bilaterally|throughout|lumen|of|SEM|ml|mg|cups?|patients?|children|cases|criteria|people|women|men|%|级|分|片|粒|次|支|肌力|mmHg|L\b)/i;

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

/** A month and a day without a year, where something before them says so. */
export function findShortDate(text: string, { start, end }: Place, found: Found): boolean {
  const short = MONTH_DAY.exec(text.slice(start, end));
  if (!short) return false;
  const [, a = '', b = ''] = short;
  const labelled = labelBefore(text, start)?.kind === 'DATE';
  const slash = text.slice(start, end).includes('/');
  if (!isEitherDay('2024', a, b) || AFTER_SHORT.test(text.slice(end, end + 14))) return false;
  if (!slash && !/日期|生日|date|DOB/i.test(text.slice(Math.max(0, start - 12), start)))
    return false;
  if (/^\s?(?:周|岁|天|月|年|次|个|小时|分钟)/.test(text.slice(end, end + 3))) return false;
  // "03/12 10:05", "6/14 0432"
  const timed =
    slash &&
    /^,? (?:at )?(?:\d{1,2}:\d{2}|[01]\d[0-5]\d|2[0-3][0-5]\d)(?![\d.%])/.test(
      text.slice(end, end + 12),
    );
  if (
    !labelled &&
    !timed &&
    !(slash && BEFORE_SHORT.test(text.slice(Math.max(0, start - 16), start)))
  )
    return false;
  found({
    start,
    end,
    kind: 'DATE',
    reason: labelled ? 'label' : 'role',
    certainty: labelled ? 'likely' : 'unsure',
  });
  return true;
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
  const before = DAY_BEFORE.exec(text.slice(Math.max(0, start - 24), start));
  if (before && (before[1] === undefined || (Number(before[1]) >= 1 && Number(before[1]) <= 31))) {
    const year = ending(YEAR_AFTER);
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
  /(?<!\d)(?:(\d{4}|\d{2})\s?年\s?(\d{1,2})\s?月(?:份|\s?(\d{1,2})\s?[日号])?|(\d{1,2})\s?月\s?(\d{1,2})\s?[日号](?!床|楼|房|病)|((?:19|20)\d{2})[-/.](\d{1,2})月(?:(\d{1,2})[日号])?)/g;
const NUMERALS =
  /[一二][〇零○Oo九][〇零○Oo一二三四五六七八九]{2}年(?:[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十廿卅]{1,3}[日号])?)|(?<![一二三四五六七八九十])[一二三四五六七八九十]{1,2}月(?:[一二三四五六七八九十廿]{1,3})[日号]|(?:农历|阴历|旧历)(?:[一二〇零九0-9]{2,4}年)?(?:闰)?(?:正|腊|冬|[一二三四五六七八九十]{1,2}|\d{1,2})月(?:初|十|廿|三十|二十)?[一二三四五六七八九十\d]{0,2}(?:日|号)?/g;

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
    if (match[1]?.length === 2 && match[3] === undefined && !rest.startsWith('份')) continue;
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

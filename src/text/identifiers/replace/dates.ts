/** Moves a date by days and writes it as it was written. */

const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const NUMERALS = '〇一二三四五六七八九';
const DAY_MS = 86_400_000;

/** A piece of a written date: text that stays, or a part that is written anew. */
interface Piece {
  readonly part: 'year' | 'month' | 'day' | 'text';
  readonly text: string;
}

/** How the dates of a record that leave it open are read. */
export interface DateHabits {
  /** 3/4/2019 is the third of April. */
  readonly dayFirst: boolean;
  /** The year of dates that name none. */
  readonly year: number;
}

const MONTH_WORD = /^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*/i;
const ORDINALS = [
  'first',
  'second',
  'third',
  'fourth',
  'fifth',
  'sixth',
  'seventh',
  'eighth',
  'ninth',
  'tenth',
  'eleventh',
  'twelfth',
  'thirteenth',
  'fourteenth',
  'fifteenth',
  'sixteenth',
  'seventeenth',
  'eighteenth',
  'nineteenth',
  'twentieth',
  'twenty-first',
  'twenty-second',
  'twenty-third',
  'twenty-fourth',
  'twenty-fifth',
  'twenty-sixth',
  'twenty-seventh',
  'twenty-eighth',
  'twenty-ninth',
  'thirtieth',
  'thirty-first',
];

function chineseNumber(text: string): number {
  const digits = [...text].map((c) => '〇零○一二三四五六七八九'.indexOf(c));
  const value = (i: number): number => Math.max(0, (digits[i] ?? 0) - 2);
  const ten = text.search(/[十廿卅]/);
  if (ten < 0) return Number(digits.map((_, i) => value(i)).join(''));
  const base =
    text[ten] === '廿' ? 20 : text[ten] === '卅' ? 30 : 10 * (ten === 0 ? 1 : value(ten - 1));
  return base + (ten + 1 < text.length ? value(ten + 1) : 0);
}

function chineseText(value: number, digitwise: boolean): string {
  if (digitwise) return [...String(value)].map((d) => NUMERALS[Number(d)] ?? '').join('');
  const [tens, ones] = [Math.floor(value / 10), value % 10];
  return `${tens > 1 ? (NUMERALS[tens] ?? '') : ''}${tens > 0 ? '十' : ''}${ones > 0 ? (NUMERALS[ones] ?? '') : ''}`;
}

/** Cuts a written date into its parts; null where it is none that can be moved. */
function cut(date: string, { dayFirst }: DateHabits): Piece[] | null {
  const tokens =
    date.match(
      /\d+|[A-Za-z]+(?:-(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth))?|[〇零○一二三四五六七八九十廿卅]+|[^\dA-Za-z〇零○一二三四五六七八九十廿卅]+/g,
    ) ?? [];
  const pieces: Piece[] = [];
  const numbers: number[] = [];
  let named = false;
  for (const [i, token] of tokens.entries()) {
    const next = tokens[i + 1]?.[0] ?? '';
    if (/^[〇零○一二三四五六七八九十廿卅]/.test(token)) {
      pieces.push({ part: next === '年' ? 'year' : next === '月' ? 'month' : 'day', text: token });
    } else if (/^\d/.test(token)) {
      if (next === '年' || next === '月' || next === '日' || next === '号') {
        pieces.push({
          part: next === '年' ? 'year' : next === '月' ? 'month' : 'day',
          text: token,
        });
      } else {
        numbers.push(pieces.length);
        pieces.push({ part: 'text', text: token });
      }
    } else if (MONTH_WORD.test(token) && !ORDINALS.includes(token.toLowerCase())) {
      named = true;
      pieces.push({ part: 'month', text: token });
    } else if (ORDINALS.includes(token.toLowerCase())) pieces.push({ part: 'day', text: token });
    else pieces.push({ part: 'text', text: token });
  }
  return assign(pieces, numbers, named, dayFirst) ? pieces : null;
}

/** Says which plain numbers are year, month and day. */
function assign(
  pieces: Piece[],
  numbers: readonly number[],
  named: boolean,
  dayFirst: boolean,
): boolean {
  const set = (place: number | undefined, part: Piece['part']): void => {
    const piece = place === undefined ? undefined : pieces[place];
    if (piece && place !== undefined) pieces[place] = { ...piece, part };
  };
  const text = (i: number): string => pieces[numbers[i] ?? -1]?.text ?? '';
  const month = pieces.some(({ part }) => part === 'month');
  if (numbers.length === 1 && text(0).length === 8) return false;
  if (numbers.length === 3 || (numbers.length === 2 && !month)) {
    const dayComesFirst = Number(text(0)) > 12 || (dayFirst && Number(text(1)) <= 12);
    const dayAndMonth = dayComesFirst ? (['day', 'month'] as const) : (['month', 'day'] as const);
    const yearAndMonth = ['year', 'month', 'day'] as const;
    const monthAndYear = numbers.length === 2 && text(1).length === 4;
    const parts = monthAndYear ? (['month', 'year'] as const) : ([...dayAndMonth, 'year'] as const);
    numbers.forEach((place, i) =>
      set(place, (text(0).length === 4 ? yearAndMonth : parts)[i] ?? 'text'),
    );
    return true;
  }
  for (const [i, place] of numbers.entries()) {
    const year =
      text(i).length === 4 ||
      (i > 0 && pieces.some(({ part }) => part === 'day')) ||
      pieces[place - 1]?.text.endsWith("'");
    set(place, year ? 'year' : 'day');
  }
  // "April 3-7": two days in a row cannot be told from a day and a year of two digits.
  const days = pieces.filter(({ part }) => part === 'day').length;
  return (named || month) && days <= 1;
}

function valueOf({ part, text }: Piece): number {
  if (/^\d/.test(text)) {
    const value = Number(text);
    return part === 'year' && text.length === 2 ? (value > 50 ? 1900 : 2000) + value : value;
  }
  if (/^[A-Za-z]/.test(text)) {
    if (part === 'day') return ORDINALS.indexOf(text.toLowerCase()) + 1;
    return (
      MONTHS.findIndex(
        (name) => name.slice(0, 3).toLowerCase() === text.slice(0, 3).toLowerCase(),
      ) + 1
    );
  }
  return chineseNumber(text);
}

function cased(word: string, like: string): string {
  if (like === like.toUpperCase()) return word.toUpperCase();
  return like === like.toLowerCase() ? word.toLowerCase() : word;
}

function written({ part, text }: Piece, value: number, padded: boolean): string {
  if (/^\d/.test(text)) {
    if (part === 'year')
      return text.length === 2 ? String(value % 100).padStart(2, '0') : String(value);
    return padded || text.startsWith('0') ? String(value).padStart(2, '0') : String(value);
  }
  if (/^[A-Za-z]/.test(text)) {
    if (part === 'day') return cased(ORDINALS[value - 1] ?? '', text);
    const name = MONTHS[value - 1] ?? '';
    const short = text.length === 3 || /^sept$/i.test(text);
    return cased(
      short && name !== 'May' ? name.slice(0, 3) : text.length === 3 ? name.slice(0, 3) : name,
      text,
    );
  }
  return chineseText(value, part === 'year');
}

const SUFFIX = ['th', 'st', 'nd', 'rd'];

/** Which figures of a record or a data set show that the day comes first: "23/4/2019". */
export function showsDayFirst(date: string): boolean {
  const [, first = '', second = ''] = /^(\d{1,2})[-/.](\d{1,2})[-/.]\d{2,4}$/.exec(date) ?? [];
  return Number(first) > 12 && Number(second) <= 12;
}

/** The year that a date names, or null. */
export function yearOf(date: string): number | null {
  const year = /(?:19|20)\d{2}/.exec(date)?.[0];
  return year === undefined ? null : Number(year);
}

/** A written date, moved by days, in its own form; null where its form cannot be told. */
export function movedDate(date: string, days: number, habits: DateHabits): string | null {
  if (/^(?:农历|阴历|旧历)/.test(date)) return null;
  const compact = /^(\d{4})(\d{2})(\d{2})$/.exec(date);
  if (compact) {
    const moved = new Date(
      Date.UTC(Number(compact[1]), Number(compact[2]) - 1, Number(compact[3])) + days * DAY_MS,
    );
    return moved.toISOString().slice(0, 10).replaceAll('-', '');
  }
  const pieces = cut(date, habits);
  const valued = (part: Piece['part']): number | null => {
    const piece = pieces?.find((p) => p.part === part);
    return piece ? valueOf(piece) : null;
  };
  const month = valued('month');
  if (!pieces || month === null || month < 1 || month > 12) return null;
  const moved = new Date(
    Date.UTC(valued('year') ?? habits.year, month - 1, valued('day') ?? 15) + days * DAY_MS,
  );
  if (Number.isNaN(moved.getTime())) return null;
  const values = {
    year: moved.getUTCFullYear(),
    month: moved.getUTCMonth() + 1,
    day: moved.getUTCDate(),
    text: 0,
  };
  // 25/12/2019 is written with two figures each; 12/5/2019 and 12月25日 are not.
  const figures = pieces.filter(({ part }) => part === 'month' || part === 'day');
  const padded =
    !date.includes('月') &&
    figures.length === 2 &&
    figures.every(({ text }) => /^\d\d$/.test(text));
  return pieces
    .map((piece, i) => {
      if (piece.part !== 'text') return written(piece, values[piece.part], padded);
      const suffix = /^(?:st|nd|rd|th)(?=\W|$)/i.exec(piece.text);
      if (!suffix || pieces[i - 1]?.part !== 'day') return piece.text;
      const day = values.day;
      const ending = (day > 3 && day < 21) || day % 10 > 3 ? 'th' : (SUFFIX[day % 10] ?? 'th');
      return ending + piece.text.slice(suffix[0].length);
    })
    .join('');
}

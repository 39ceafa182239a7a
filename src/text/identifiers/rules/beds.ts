/** Beds, in both languages. */
import type { Found, Place } from '../kinds.ts';
import type { Scan } from '../scan.ts';
import { digitsOf } from './checksums.ts';

/** 45床, 12号床, 加3床, 2-15床, A12床, ICU5床; a bed after its number. */
const BED =
  /(?:加|抢救?|留观|观察|过道|走廊|监护|\d{1,2}[-区]|(?:(?<![A-Za-z\d])|(?<=[A-Z]CU))[A-Za-z][-区]?(?=\d))?\s?\+?\d{1,3}\s?[A-Da-d]?\s?[-—]?\s?号?(?:病)?床(?!上(?!官)|[位垫单边档铺头尾沿架栏护下以])/g;
/** 三十六床, where a new part of a sentence begins. */
const BED_IN_WORDS =
  /(?<=^|[,，。;；:：、\s(（在到入至于是住回去给])[一二三四五六七八九十百]{1,4}号?床(?![被棉褥位单垫上头尾旁边])/g;
const BED_COUNT = /(?:开放|编制|设|共|有|占|增加|新增|床位|约|各)[^。,，;；]{0,3}$/;
const ENGLISH_BED =
  /(?<![A-Za-z])(?:[Bb]eds?|BEDS?)(?:side)?(?: [Nn]o\.?| [Nn]umber| ?#)?:?\s?#?((?:(?:ICU|CCU|HDU|NICU|PICU|PACU|ED|ER|L&D|Resus|Recovery)[- ]?)?\d{1,3}[A-D]?|[A-Z]\d{1,2}|[A-D])(?![\w%/°]|\.\d|\s?(?:degrees?|°|days?|weeks?|hours?|times|months?))/g;

export function findBeds({ text, chinese }: Scan, found: Found): void {
  if (chinese && text.includes('床')) {
    const beds = [...text.matchAll(BED), ...text.matchAll(BED_IN_WORDS)];
    for (const { 0: bed, index } of beds) {
      if (BED_COUNT.test(text.slice(Math.max(0, index - 6), index))) continue;
      const lead = /^\s*/.exec(bed)?.[0].length ?? 0;
      // 第3床旁超声: at any bed.
      if (text[index + bed.length] === '旁' && text[index + lead - 1] === '第') continue;
      found({
        start: index + lead,
        end: index + bed.length,
        kind: 'BED',
        reason: 'form',
        certainty: 'sure',
      });
    }
  }
  if (!/bed|BED|Bed/.test(text)) return;
  for (const { 0: bed, index } of text.matchAll(ENGLISH_BED)) {
    if (/bedside/i.test(bed)) continue;
    found({
      start: index,
      end: index + bed.length,
      kind: 'BED',
      reason: 'form',
      certainty: 'likely',
    });
  }
}

/** 床号: 12 */
export function findBedNumber(text: string, { start, end }: Place, found: Found): number {
  if (digitsOf(text.slice(start, end)) > 4 || /^\s?张/.test(text.slice(end, end + 2))) return 0;
  const to = text[end] === '床' ? end + 1 : text.startsWith('号床', end) ? end + 2 : end;
  found({ start, end: to, kind: 'BED', reason: 'label', certainty: 'sure' });
  return to;
}

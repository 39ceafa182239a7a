/** Ages of 90 and over, in figures and in words. */
import type { Found, Place } from '../kinds.ts';
import { labelBefore } from '../words/labels.ts';

const FIGURE = /(?:9\d|1[01]\d|12[0-5])(?!\d|\.\d)/y;
const AFTER =
  /^(?:\s?\+)?(?:[- ]?(?:years?|yrs?)[- .]{0,2}(?:old|of age|young)|[- ]?y(?:\/|\.)?\s?o(?![a-z])|[- ]?yo[mf]?(?![a-z])|[- ]?yr(?:\/|\.)?o(?![a-z])|\s?(?:余|多)?\s?周?岁(?!以上|及以上|以下|以内|或以上))/i;
/** "93M with", "a 93 F who". */
const SEX =
  /^[- ]?(?:M|F|male|female|man|woman|gentleman|lady)(?=\s(?:with|who|w\/|present|pres|admitted|c\/o|h\/o|s\/p|here|hx|from|in|was|is|transferred|brought|found|status|a\/w|[A-Z]{2,}))/;
const SAID =
  /\b(?:aged|ages?|age of|turned|turning|died at|died at age|passed away at|deceased at|death at|lived to|lived to be|(?:is|was|now|be|am) (?:nearly|almost|now)?)\s*:?\s*$/i;
const BEING = /(?:is|was|now|be|am|nearly|almost|now)\s*$/i;
/** "over 90 years old" speaks of everybody. */
const GENERAL =
  /(?:[≥≤<>＞＜]|over|above|under|below|than|least|most|大于|小于|超过|不足|高于|低于|满|[-~至到])\s*$/i;
const GENERAL_AFTER =
  /^(?:\s?(?:years?(?: old)?|yrs?|岁))?\s?(?:and|or|及|或)\s?(?:over|older|above|more|以上|以下|under|younger)/i;

/** "Hassan Wang, 91, of": after a first name and a surname. */
const PERSON = /\p{Lu}[\p{Ll}'-]+ (?:\p{Lu}\.? )?\p{Lu}[\p{L}'-]+,? \(?$/u;

/** An age of 90 or over at a word of digits. */
export function findAge(text: string, { start }: Place, found: Found): boolean {
  FIGURE.lastIndex = start;
  const figure = FIGURE.exec(text)?.[0];
  if (!figure) return false;
  const end = start + figure.length;
  const before = text.slice(Math.max(0, start - 18), start);
  const after = text.slice(end, end + 24);
  if (GENERAL.test(before) || GENERAL_AFTER.test(after)) return false;
  if (AFTER.test(after)) {
    found({ start, end, kind: 'AGE', reason: 'form', certainty: 'sure' });
    return true;
  }
  if (SEX.test(after) && !/(?:temp|temperature|T|°|tmax)[\s:.]*(?:of |is |was )?$/i.test(before)) {
    found({ start, end, kind: 'AGE', reason: 'form', certainty: 'likely' });
    return true;
  }
  const alone =
    !/^\s?(?:[%/°℃A-Za-z]*\d|%|\/|°|℃|bpm|mm|mg|ml|kg|cm|lbs?|days?|weeks?|months?|hours?|minutes?|次|分|毫|公)/i.test(
      after,
    );
  if (PERSON.test(before) && /^(?:,|\)| who | was | of )/.test(after)) {
    found({ start, end, kind: 'AGE', reason: 'follows', certainty: 'likely' });
    return true;
  }
  const label = labelBefore(text, start);
  const labelled = label?.kind === 'AGE' || (SAID.test(before) && !BEING.test(before));
  if (!labelled || !alone) return false;
  found({ start, end, kind: 'AGE', reason: 'label', certainty: 'sure' });
  return true;
}

const WORDS =
  /\b(ninety(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?|(?:one|a) hundred(?: and)?(?:[- ](?:one|two|three|four|five|six|seven|eight|nine|ten))?)(?=[- ]years?[- ](?:old|of age))|\baged?\s(ninety(?:[- ](?:one|two|three|four|five|six|seven|eight|nine))?|one hundred(?: and [a-z]+)?)\b|\bin (?:his|her|their) (?:early |mid[- ]?|late )?(90s|90's|nineties|100s)\b|\b(centenarian|nonagenarian)\b/gi;
const CHINESE =
  /(九十[一二三四五六七八九]?|一百(?:[零〇一][一二三四五六七八九十]?)?)(?:余|多|几)?周?岁(?!以上|及以上|以下)|(百岁)(?=老人|高龄)/g;

/** One of these is in every age in words. */
const SAYING = ['inet', 'undred', '90s', '100s', 'narian'];

/** Ages in words. */
export function findAgesInWords(text: string, chinese: boolean, found: Found): void {
  const put = (matches: Iterable<RegExpExecArray>): void => {
    for (const match of matches) {
      const word = match.slice(1).find(Boolean);
      if (word === undefined) continue;
      const start = match.index + match[0].indexOf(word);
      if (GENERAL.test(text.slice(Math.max(0, start - 8), start))) continue;
      found({ start, end: start + word.length, kind: 'AGE', reason: 'form', certainty: 'sure' });
    }
  };
  if (SAYING.some((word) => text.includes(word))) put(text.matchAll(WORDS));
  if (chinese && /九十|一百|百岁/.test(text)) put(text.matchAll(CHINESE));
}
